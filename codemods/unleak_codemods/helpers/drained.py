"""The functions a rewrite brings along to wait for 'drain'.

    drainedStrict(writable) -> Promise<boolean>
    drained(writable) -> Promise<boolean>

True after 'drain'. False when the stream ends or closes instead, or has done so already: 'drain'
will not come then. When the stream fails, `drainedStrict` rejects with its error, as
`once(writable, 'drain')` did; `drained` says false and never rejects, and the 'error' event goes
to whom it went before, or ends the process as before.

However many wait, a stream has one set of listeners: `drainedStrict` has none when nobody waits,
`drained` keeps its four, because `removeListener` does not reach what `on` of a wrapped response
(compression) forwards.

Each is a function declaration that keeps its state on itself, so it may stand at the end of a
script whose `main()` runs at the top.
"""

import re
from typing import NamedTuple


class Helper(NamedTuple):
    """One function to bring along. `needs` is the export of `module` that its text mentions."""

    name: str
    module: str
    needs: str
    text: str
    types: tuple[tuple[str, str], ...]


_STRICT = """\
// Waits for 'drain': true. False when the stream ends or closes, since no 'drain' comes then.
function drainedStrict(writable) {
  const waits = (drainedStrict.waits ??= new WeakMap());
  const pending = waits.get(writable);
  if (pending) return pending;
  const wait = new Promise((resolve, reject) => {
    const onDrain = () => {
      done();
      resolve(true);
    };
    const ignore = finished(writable, { readable: false }, (error) => {
      done();
      if (error && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') reject(error);
      else resolve(false);
    });
    const done = () => {
      ignore();
      writable.removeListener('drain', onDrain);
      waits.delete(writable);
    };
    writable.once('drain', onDrain);
  });
  waits.set(writable, wait);
  return wait;
}
"""

_STRICT_TYPES = (
    ("(writable) {", "(writable: NodeJS.WritableStream): Promise<boolean> {"),
    (
        "const waits = (drainedStrict.waits ??= new WeakMap());",
        "type Waits = { waits?: WeakMap<NodeJS.WritableStream, Promise<boolean>> };\n"
        "  const waits = ((drainedStrict as Waits).waits ??= new WeakMap());",
    ),
    ("new Promise((resolve", "new Promise<boolean>((resolve"),
)

_QUIET = """\
// Waits for 'drain': true. False when the stream fails, ends or closes: no 'drain' comes then.
function drained(writable) {
  const waits = (drained.waits ??= new WeakMap());
  const { destroyed, errored, writableEnded, stream } = writable;
  if (destroyed || errored || writableEnded || stream?.destroyed) return Promise.resolve(false);
  const known = waits.get(writable);
  const wait = known ?? {};
  if (!known) {
    const settle = (drains) => {
      const { resolve } = wait;
      wait.promise = wait.resolve = undefined;
      resolve?.(drains);
    };
    writable.on('drain', () => settle(true));
    for (const gone of ['close', 'finish', EventEmitter.errorMonitor]) {
      writable.on(gone, () => settle(false));
    }
    waits.set(writable, wait);
  }
  return (wait.promise ??= new Promise((resolve) => {
    wait.resolve = resolve;
  }));
}
"""

_QUIET_TYPES = (
    (
        "function drained(writable) {",
        "function drained(writable: NodeJS.WritableStream): Promise<boolean> {",
    ),
    (
        "  const waits = (drained.waits ??= new WeakMap());\n",
        "  type Flags = { destroyed?: boolean; errored?: unknown; writableEnded?: boolean };\n"
        "  type Wait = { promise?: Promise<boolean> | undefined; resolve?: Resolve | undefined };\n"
        "  type Resolve = (drains: boolean) => void;\n"
        "  type Waits = { waits?: WeakMap<object, Wait> };\n"
        "  const waits = ((drained as Waits).waits ??= new WeakMap());\n",
    ),
    ("stream } = writable;", "stream } = writable as Flags & { stream?: Flags };"),
    ("const wait = known", "const wait: Wait = known"),
    ("settle = (drains) =>", "settle = (drains: boolean) =>"),
    ("new Promise((resolve", "new Promise<boolean>((resolve"),
)

STRICT = Helper("drainedStrict", "stream", "finished", _STRICT, _STRICT_TYPES)
QUIET = Helper("drained", "events", "EventEmitter", _QUIET, _QUIET_TYPES)
HELPERS = (STRICT, QUIET)
NAME = STRICT.name


def function_text(
    helper: Helper = STRICT,
    *,
    typescript: bool = False,
    name: str = "",
    needed: str = "",
    indent: str = "  ",
    quote: str = "'",
    semicolons: bool = True,
) -> str:
    """The helper as a function declaration with its comment, each line ended by `\\n`.

    `name` is what to call it, and `needed` what to write for the import it needs where the
    function will stand; both as the helper says by default.
    """
    text = helper.text
    for plain, typed in helper.types if typescript else ():
        text = text.replace(plain, typed)
    text = re.sub(rf"(?<![\w'-]){helper.name}\b", lambda _: name or helper.name, text)
    text = re.sub(rf"\b{helper.needs}\b", lambda _: needed or helper.needs, text)
    comment, _, body = text.partition("\n")
    body = body.replace("'", quote)
    if not semicolons:
        body = body.replace(";\n", "\n")
    body = re.sub(r"^(?:  )+", lambda blanks: indent * (len(blanks[0]) // 2), body, flags=re.M)
    return f"{comment}\n{body}"


def helper_module_text(*, typescript: bool, esm: bool) -> str:
    """The module that `helpers = "<path>"` imports from: it exports all helpers."""
    bodies = [function_text(helper, typescript=typescript) for helper in HELPERS]
    if esm or typescript:
        imports = "".join(f"import {{ {h.needs} }} from 'node:{h.module}';\n" for h in _BY_MODULE)
        exported = [body.replace("\nfunction", "\nexport function", 1) for body in bodies]
        return "\n".join([imports, *exported])
    loads = "".join(f"const {{ {h.needs} }} = require('node:{h.module}');\n" for h in _BY_MODULE)
    names = ", ".join(helper.name for helper in HELPERS)
    return "\n".join(["'use strict';\n", loads, *bodies, f"module.exports = {{ {names} }};\n"])


_BY_MODULE = sorted(HELPERS, key=lambda helper: helper.module)


def helper_of(text: str) -> Helper | None:
    """The helper that a function declaration's `text` is, whatever its name and its style."""
    return _ESSENCES.get(_essence(text))


def is_helper(text: str) -> bool:
    """Whether a function declaration's `text` is one of the helpers."""
    return helper_of(text) is not None


def _essence(text: str) -> str:
    found = re.match(r"(?:export\s+)?function\s+([\w$]+)", text)
    if found is None:
        return ""
    text = re.sub(rf"(?<![\w$.]){re.escape(found[1])}(?![\w$])", "HELPER", text[found.start(1) :])
    text = re.sub(r"[\w$]+(?:\.[\w$]+)*\(writable,", "finished(writable,", text)
    text = re.sub(r"[\w$]+(?:\.[\w$]+)*\.errorMonitor", "EventEmitter.errorMonitor", text)
    return re.sub(r"[\s;]|,(?=[)}])", "", text.replace('"', "'"))


_ESSENCES = {
    _essence(function_text(helper, typescript=typed).partition("\n")[2]): helper
    for helper in HELPERS
    for typed in (False, True)
}
