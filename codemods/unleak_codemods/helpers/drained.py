"""`drainedStrict`, the function a rewrite brings along to wait for 'drain'.

    drainedStrict(writable) -> Promise<boolean>

True after 'drain'. False when the stream ends or closes instead, or has done so already: 'drain'
will not come then. Rejects with the stream's error, as `once(writable, 'drain')` did. However
many wait, a stream has one set of listeners, and none when nobody waits.

It is a function declaration that keeps its state on itself, so it may stand at the end of a
script whose `main()` runs at the top.
"""

import re

NAME = "drainedStrict"

_TEXT = """\
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

_TYPES = (
    ("(writable) {", "(writable: NodeJS.WritableStream): Promise<boolean> {"),
    (
        "const waits = (drainedStrict.waits ??= new WeakMap());",
        "type Waits = { waits?: WeakMap<NodeJS.WritableStream, Promise<boolean>> };\n"
        "  const waits = ((drainedStrict as Waits).waits ??= new WeakMap());",
    ),
    ("new Promise((resolve", "new Promise<boolean>((resolve"),
)


def function_text(
    *,
    typescript: bool = False,
    name: str = NAME,
    finished: str = "finished",
    indent: str = "  ",
    quote: str = "'",
    semicolons: bool = True,
) -> str:
    """The helper as a function declaration with its comment, each line ended by `\\n`.

    `finished` is what to write for `finished` of node:stream where the function will stand.
    """
    text = _TEXT
    for plain, typed in _TYPES if typescript else ():
        text = text.replace(plain, typed)
    text = re.sub(rf"\b{NAME}\b", lambda _: name, text)
    text = re.sub(r"\bfinished\(", lambda _: f"{finished}(", text)
    comment, _, body = text.partition("\n")
    body = body.replace("'", quote)
    if not semicolons:
        body = body.replace(";\n", "\n")
    body = re.sub(r"^(?:  )+", lambda blanks: indent * (len(blanks[0]) // 2), body, flags=re.M)
    return f"{comment}\n{body}"


def helper_module_text(*, typescript: bool, esm: bool) -> str:
    """The module that `helpers = "<path>"` imports from: it exports `drainedStrict`."""
    body = function_text(typescript=typescript)
    if esm or typescript:
        return "import { finished } from 'node:stream';\n\n" + body.replace(
            "\nfunction", "\nexport function", 1
        )
    return (
        "'use strict';\n\nconst { finished } = require('node:stream');\n\n"
        f"{body}\nmodule.exports = {{ {NAME} }};\n"
    )


def is_helper(text: str) -> bool:
    """Whether a function declaration's `text` is the helper, whatever its name and its style."""
    return _essence(text) in _ESSENCES


def _essence(text: str) -> str:
    found = re.match(r"(?:export\s+)?function\s+([\w$]+)", text)
    if found is None:
        return ""
    text = re.sub(rf"(?<![\w$.]){re.escape(found[1])}(?![\w$])", NAME, text[found.start(1) :])
    text = re.sub(r"[\w$]+(?:\.[\w$]+)*\(writable,", "finished(writable,", text)
    return re.sub(r"[\s;]|,(?=[)}])", "", text.replace('"', "'"))


_ESSENCES = frozenset(
    _essence(function_text(typescript=typed).partition("\n")[2]) for typed in (False, True)
)
