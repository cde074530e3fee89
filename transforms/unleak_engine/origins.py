"""From which module's which export a value comes, whichever way it was imported."""

import re
from collections.abc import Collection
from typing import NamedTuple

from tree_sitter import Node

from unleak_engine.declarations import REST, UNKNOWN_KEY, Binding
from unleak_engine.scopes import Scopes
from unleak_engine.syntax import unwrapped

_BUILTINS = frozenset(
    {
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "sqlite",
        "stream",
        "string_decoder",
        "sys",
        "test",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    }
)
_PROMISES = frozenset({"dns", "fs", "inspector", "readline", "stream", "timers"})

# What compilers wrap a required module into. Some hide a module that is no compiled one under
# `default`, the others also offer its exports.
HIDING_WRAPPERS = frozenset(
    {
        "__importDefault",
        "_interopRequireDefault",
        "_interop_require_default",
        "_interopDefaultLegacy",
        "_interopDefaultCompat",
    }
)
_OTHER_WRAPPERS = frozenset(
    {
        "__importStar",
        "_interopDefault",
        "_interopRequireWildcard",
        "_interop_require_wildcard",
        "_interopNamespace",
        "_interopNamespaceDefault",
        "_interopNamespaceCompat",
        "__toESM",
    }
)
_DEPTH = 24
_LAZY = (
    ["lexical_declaration", "expression_statement", "return_statement"],
    ["variable_declaration", "expression_statement", "return_statement"],
)
_GIVES = re.compile(r"(?:function[\w$]*\(\)\{return|\(\)=>)([\w$]+);?\}?")


class Origin(NamedTuple):
    """An export of a module. `module` is spelled as in the file ("fs", "node:fs", "./x.js");
    `name` is the dotted path of the export: "createReadStream", "promises.pipeline", "" for the
    module itself, "default" for the default export of anything but a built-in module (a built-in's
    default export is the module)."""

    module: str
    name: str


def without_scheme(module: str) -> str:
    return module.removeprefix("node:")


def is_builtin(module: str) -> bool:
    """Whether Node itself brings `module`, `node:` prefix or not."""
    return module.startswith("node:") or module.partition("/")[0] in _BUILTINS


def canonical(module: str, name: str) -> tuple[str, str]:
    """One spelling for exports that are the same thing: `stream` "promises.pipeline" is
    `stream/promises` "pipeline", and `node:` makes no difference."""
    module = without_scheme(module)
    if not is_builtin(module):
        return module, name
    if module == "stream":
        while name == "Stream" or name.startswith("Stream."):
            name = name[len("Stream.") :]
    head, _, rest = name.partition(".")
    if head == "promises" and module in _PROMISES:
        return f"{module}/promises", rest
    return module, name


def normal(module: str, path: tuple[str, ...]) -> Origin:
    """The origin at the end of `path`, without the `default` that only interop put there."""
    if is_builtin(module):
        while path and path[0] == "default":
            path = path[1:]
    elif not module.startswith((".", "/", "#")) and len(path) > 1 and path[0] == "default":
        path = path[1:]
    return Origin(module, ".".join(path))


def string_value(node: Node | None) -> str | None:
    """What a plain string literal says; None for anything computed or escaped."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    text = (node.text or b"").decode()[1:-1]
    return None if "\\" in text or "${" in text else text


class Origins:
    """Provenance of expressions in one source."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self._text = scopes.source.text
        self._of_binding: dict[int, tuple[str, tuple[str, ...]] | None] = {}

    def origin(self, expression: Node) -> Origin | None:
        found = self._trace(expression, 0)
        return None if found is None else normal(*found)

    def matches(self, expression: Node, modules: Collection[str], name: str) -> bool:
        """Whether `expression` is export `name` of one of `modules`. Asked for "default" or "",
        a package (not a file of the project) is taken to have both in one."""
        found = self.origin(expression)
        if found is None:
            return False
        here = canonical(found.module, found.name)
        for module in modules:
            wanted = canonical(module, name)
            if here == wanted:
                return True
            same = here[0] == wanted[0] and not module.startswith((".", "/"))
            if same and {here[1], wanted[1]} <= {"", "default"}:
                return True
        return False

    def of_binding(self, binding: Binding) -> Origin | None:
        found = self._trace_binding(binding, 0)
        return None if found is None else normal(*found)

    def required(self, node: Node) -> str | None:
        """The module that `require('x')` or `process.getBuiltinModule('x')` loads."""
        if node.type != "call_expression":
            return None
        callee = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if callee is None or arguments is None or arguments.type != "arguments":
            return None
        given = [child for child in arguments.named_children if child.type != "comment"]
        module = string_value(given[0]) if len(given) == 1 else None
        if module is None or not self._loads(callee):
            return None
        return module

    def _loads(self, callee: Node) -> bool:
        if callee.type == "identifier":
            if self._text(callee) != "require":
                # `const load = createRequire(import.meta.url)`
                return self.is_created_require(self.scopes.resolve(callee))
            binding = self.scopes.resolve(callee)
            return binding is None or self.is_created_require(binding)
        if callee.type != "member_expression":
            return False
        holder = callee.child_by_field_name("object")
        method = callee.child_by_field_name("property")
        if holder is None or method is None or self._text(method) != "getBuiltinModule":
            return False
        return self._text(holder) in ("process", "globalThis.process") and (
            holder.type != "identifier" or self.scopes.resolve(holder) is None
        )

    def is_created_require(self, binding: Binding | None) -> bool:
        """Whether a variable holds what `createRequire` of `module` makes."""
        if binding is None or binding.value is None or binding.path:
            return False
        value = unwrapped(binding.value)
        callee = value.child_by_field_name("function") if value.type == "call_expression" else None
        return callee is not None and self.matches(callee, {"module"}, "createRequire")

    def _trace(self, node: Node, depth: int) -> tuple[str, tuple[str, ...]] | None:
        """The module and the path of exports that lead to `node`, `default` steps included."""
        if depth > _DEPTH:
            return None
        node = unwrapped(node)
        if node.type == "identifier" or node.type == "shorthand_property_identifier":
            binding = self.scopes.resolve(node)
            return None if binding is None else self._trace_binding(binding, depth + 1)
        if node.type == "sequence_expression":
            # Compilers call `(0, module.export)(…)` so that `this` stays undefined.
            return self._trace(node.named_children[-1], depth + 1)
        if node.type in ("member_expression", "nested_identifier"):
            return self._member(node, depth)
        if node.type == "subscript_expression":
            holder = node.child_by_field_name("object")
            key = string_value(node.child_by_field_name("index"))
            found = self._trace(holder, depth + 1) if holder is not None and key else None
            return None if found is None or key is None else (found[0], (*found[1], key))
        if node.type == "await_expression":
            return self._imported(unwrapped(node.named_children[0]))
        if node.type == "call_expression":
            return self._call(node, depth)
        return None

    def _member(self, node: Node, depth: int) -> tuple[str, tuple[str, ...]] | None:
        holder = node.child_by_field_name("object")
        key = node.child_by_field_name("property")
        if holder is None or key is None or key.type != "property_identifier":
            return None
        found = self._trace(holder, depth + 1)
        return None if found is None else (found[0], (*found[1], self._text(key)))

    def _imported(self, node: Node) -> tuple[str, tuple[str, ...]] | None:
        """The module of `import('x')`, which the caller has seen awaited."""
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        arguments = node.child_by_field_name("arguments")
        if callee is None or callee.type != "import" or arguments is None:
            return None
        given = [child for child in arguments.named_children if child.type != "comment"]
        module = string_value(given[0]) if given else None
        return None if module is None else (module, ())

    def _call(self, node: Node, depth: int) -> tuple[str, tuple[str, ...]] | None:
        module = self.required(node)
        if module is not None:
            return module, ()
        wrapped = interop_argument(node)
        if wrapped is not None:
            return self._trace(wrapped[1], depth + 1)
        loaded = self._loaded_lazily(node)
        return None if loaded is None else self._trace(loaded, depth + 1)

    def _loaded_lazily(self, call: Node) -> Node | None:
        """What a compiler's function for an import gives, which puts itself out of work:
        `function _fs() { const data = require('fs'); _fs = function () { return data; };
        return data; }`."""
        callee = call.child_by_field_name("function")
        if callee is None or callee.type != "identifier":
            return None
        binding = self.scopes.resolve(callee)
        if binding is None or binding.kind != "function":
            return None
        body = binding.declaration.child_by_field_name("body")
        parts = [c for c in body.named_children if c.type != "comment"] if body is not None else []
        if [part.type for part in parts] not in _LAZY:
            return None
        declarators = parts[0].named_children
        result = parts[2].named_children
        if len(declarators) != 1 or not result or result[0].type != "identifier":
            return None
        name, value = (declarators[0].child_by_field_name(field) for field in ("name", "value"))
        if name is None or self._text(name) != self._text(result[0]):
            return None
        writes = self.scopes.writes(binding)
        own = parts[1].start_byte
        inside = all(own <= write.start_byte < parts[1].end_byte for write in writes)
        return value if len(writes) == 1 and inside and self._returns(parts[1], name) else None

    def _returns(self, statement: Node, name: Node) -> bool:
        """Whether `x = function () { return name; };` is what a statement says."""
        text = "".join(self._text(statement).split()).rstrip(";")
        given = _GIVES.fullmatch(text.partition("=")[2])
        return given is not None and given.group(1) == self._text(name)

    def _trace_binding(self, binding: Binding, depth: int) -> tuple[str, tuple[str, ...]] | None:
        key = binding.node.start_byte
        if key not in self._of_binding:
            # Until it is known, a name that leads to itself leads nowhere.
            self._of_binding[key] = None
            self._of_binding[key] = self._follow(binding, depth)
        return self._of_binding[key]

    def _follow(self, binding: Binding, depth: int) -> tuple[str, tuple[str, ...]] | None:
        if binding.kind == "import":
            return self._clause(binding, depth)
        if binding.value is None or binding.kind not in ("const", "let", "var"):
            return None
        if REST in binding.path or UNKNOWN_KEY in binding.path:
            return None
        if self.scopes.writes(binding):
            return None
        found = self._trace(binding.value, depth)
        if found is None:
            return None
        return found[0], (*found[1], *(str(step) for step in binding.path))

    def _clause(self, binding: Binding, depth: int) -> tuple[str, tuple[str, ...]] | None:
        statement = binding.declaration
        if is_type_only(binding):
            return None
        if statement.type == "import_alias":
            target = statement.named_children[-1]
            if target.type == "identifier":
                found = self.scopes.resolve(target)
                return None if found is None else self._trace_binding(found, depth + 1)
            return self._trace(target, depth + 1)
        owner = binding.node.parent
        if owner is None:
            return None
        holder = owner if owner.type == "import_require_clause" else statement
        module = string_value(holder.child_by_field_name("source"))
        if module is None:
            return None
        if owner.type == "import_clause":
            return module, ("default",)
        if owner.type == "import_specifier":
            name = owner.child_by_field_name("name")
            spelled = string_value(name) if name is not None and name.type == "string" else None
            return None if name is None else (module, (spelled or self._text(name),))
        return module, ()


def interop_argument(call: Node) -> tuple[str, Node] | None:
    """The compiler's wrapper that `call` calls, and what it wraps; None for any other call."""
    callee = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    if callee is None or arguments is None or arguments.type != "arguments":
        return None
    callee = unwrapped(callee)
    if callee.type == "sequence_expression":
        callee = callee.named_children[-1]
    name = (callee.text or b"").decode().rpartition(".")[2]
    given = [child for child in arguments.named_children if child.type != "comment"]
    if not given or name not in HIDING_WRAPPERS | _OTHER_WRAPPERS:
        return None
    return name, given[0]


def is_type_only(binding: Binding) -> bool:
    """Whether an import exists for types alone and is gone when the program runs."""
    specifier = binding.node.parent
    holders = [binding.declaration]
    if specifier is not None and specifier.type == "import_specifier":
        holders.append(specifier)
    return any(
        child.type in ("type", "typeof") for holder in holders for child in holder.children[:2]
    )
