"""Stages that keep what is left of a chunk for the next one, and drop it when there is none."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from unleak_codemods.inside.hooks import Hook
from unleak_codemods.inside.never import grounds
from unleak_codemods.inside.reasons import BATCH, DROPS, DROPS_REASONS, TAIL
from unleak_codemods.inside.stages import Stage
from unleak_codemods.streams.classes import CLASSES
from unleak_codemods.streams.syntax import (
    FUNCTIONS,
    ancestors,
    arguments,
    called_method,
    callee,
    inside,
    member,
    named,
    unwrap,
    walk,
)
from unleak_engine.codemod import Answer, Declined, File, Rewrite, Span
from unleak_engine.edit import Edit, Safety

_ADDING = re.compile(r"_?(?:add|push|append|enqueue|queue|put|collect|buffer|store)\w*")
_BYTES = re.compile(rb"\bBuffer\.|\bread(?:U?Int|Float|Double)|\.length\s*[<>]=?\s*\w")
_SPEAKS_OF = r"(?<![\w$])%s(?![\w$])"


class _Kept(NamedTuple):
    """What is kept from chunk to chunk under `target`. `lines` is the list whose last element that
    is, None when it is cut off in another way."""

    target: Node
    lines: Node | None


def answer(file: File, stage: Stage, hook: Hook) -> Answer | None:
    """The answer for the `transform` of a stage; None when nothing is kept, or a flush is there."""
    if hook.name != "transform" or stage.base not in ("Transform", "PassThrough", "Duplex"):
        return None
    if stage.hook("flush") is not None or stage.hook("final") is not None or hook.shared:
        return None
    if _says_flush(file, stage):
        return None
    kept = _left_over(file, hook)
    if kept is None:
        return _batched(file, stage, hook)
    code = _obstacle(file, stage, hook, kept)
    if isinstance(code, str):
        return _declined(file, stage, hook, kept.target, code)
    return Rewrite(
        span=Span.of(hook.function),
        anchor=stage.node.start_byte,
        message=DROPS.replace("TEXT", file.source.text(kept.target)),
        edits=(code,),
        safety=Safety.UNSAFE,
        evidence=(grounds(file, stage),),
        notes=(TAIL,),
    )


def _says_flush(file: File, stage: Stage) -> bool:
    """Whether a stage may have a flush that is none of its hooks: by options, or put on later."""
    around = file.functions.statement_of(stage.node)
    if re.search(rb"\b_?(?:flush|final)\s*[(:=,]", file.source.bytes(around)):
        return True
    return stage.form not in ("class", "through2") and b"flush" in file.source.data


def _left_over(file: File, hook: Hook) -> _Kept | None:
    """What a hook that cuts text into parts keeps of it: `rest = lines.pop()`."""
    body = file.functions.body(hook.function)
    if body is None or b".split(" not in file.source.bytes(body):
        return None
    for node in walk(body, into_functions=False):
        if node.type != "assignment_expression":
            continue
        left, right = (node.child_by_field_name(field) for field in ("left", "right"))
        if left is None or right is None or not _outlives(file, hook, left):
            continue
        lines = _popped(right)
        if lines is not None and _is_split(file, hook, lines):
            return _Kept(left, lines)
    return None


def _outlives(file: File, hook: Hook, target: Node) -> bool:
    """Whether what is assigned is still there for the next chunk."""
    found = member(target)
    if found is not None:
        return found[0].type == "this"
    binding = file.bindings.resolve(target) if target.type == "identifier" else None
    return binding is not None and not inside(binding.node, hook.function)


def _popped(value: Node) -> Node | None:
    """The list that a value is the last element of: `lines.pop()`, `lines[lines.length - 1]`."""
    value = unwrap(value)
    if value.type == "binary_expression":
        left = value.child_by_field_name("left")
        value = unwrap(left) if left is not None else value
    method = called_method(value)
    if method is not None and method[1].text == b"pop" and not arguments(value):
        return method[0] if method[0].type == "identifier" else None
    if value.type == "subscript_expression":
        owner, index = (value.child_by_field_name(name) for name in ("object", "index"))
        last = index is not None and index.text is not None and b".length - 1" in index.text
        return owner if owner is not None and last and owner.type == "identifier" else None
    return None


def _is_split(file: File, hook: Hook, lines: Node) -> bool:
    binding = file.bindings.resolve(lines)
    value = unwrap(binding.value) if binding is not None and binding.value is not None else None
    method = called_method(value) if value is not None else None
    if binding is None or method is None or binding.path:
        return False
    return inside(binding.node, hook.function) and method[1].text == b"split"


def _obstacle(file: File, stage: Stage, hook: Hook, kept: _Kept) -> Edit | str:
    floor = file.target.node_floor
    if floor is not None and floor < 18:
        return "node-too-old"
    if _is_used_elsewhere(file, hook, kept.target):
        return "kept-elsewhere"
    item = _item(file, hook, kept)
    if item is None:
        return "item-unclear"
    place = _place(file, stage, hook)
    if stage.form != "class" and stage.choices.unknown:
        return "place-unclear"  # options that are not seen may bring a flush
    if stage.extended or place is None:
        return "place-unclear"
    return place.flush(item)


def _is_used_elsewhere(file: File, hook: Hook, target: Node) -> bool:
    """Whether what is kept is read outside of the hook: somebody may well give out the rest."""
    found = member(target)
    if found is None:
        binding = file.bindings.resolve(target)
        uses = file.bindings.references(binding) if binding is not None else []
        return any(
            not inside(use, hook.function) and not file.bindings.declares(use) for use in uses
        )
    pattern = re.compile(rb"\.\s*%b(?![\w$])(?!\s*=[^=])" % re.escape(file.source.bytes(found[1])))
    return any(
        not hook.function.start_byte <= hit.start() < hook.function.end_byte
        for hit in pattern.finditer(file.source.data)
    )


class _Item(NamedTuple):
    """What is done with one part: `condition` asks whether anything is, `push` does it; both as
    text, with what is kept in the place of the part."""

    condition: str
    push: str


def _item(file: File, hook: Hook, kept: _Kept) -> _Item | None:
    """What the hook does with each part, when that is to push something made of it alone."""
    if kept.lines is None:
        return None
    binding = file.bindings.resolve(kept.lines)
    assert binding is not None
    rest = [
        use
        for use in file.bindings.references(binding)
        if use.id != binding.node.id and not _is_left_of(use, kept)
    ]
    if len(rest) != 1:
        return None
    found = _loop(rest[0])
    if found is None:
        return None
    name, body = found
    statements = named(body) if body.type == "statement_block" else [body]
    if len(statements) != 1 or name.type != "identifier":
        return None
    target = file.source.text(kept.target)
    condition, statement = target, statements[0]
    if statement.type == "if_statement" and statement.child_by_field_name("alternative") is None:
        test = statement.child_by_field_name("condition")
        then = statement.child_by_field_name("consequence")
        if test is None or then is None:
            return None
        asked = _with(file, unwrap(test), name, target)
        plain = re.fullmatch(
            rf"{re.escape(target)}(?:\.trim\(\))?(?:\.length)?(?: > 0| !==? ''| !==? \"\")?", asked
        )
        inner = named(then) if then.type == "statement_block" else [then]
        if plain is None or len(inner) != 1:
            return None
        condition = asked if _is_text(file, kept.target) else f"{target} && {asked}"
        condition = target if asked == target else condition
        statement = inner[0]
    expression = unwrap(named(statement)[0]) if statement.type == "expression_statement" else None
    expression = body if body.type == "call_expression" else expression
    method = called_method(expression) if expression is not None else None
    if expression is None or method is None or method[1].text != b"push":
        return None
    if method[0].type != "this" or not hook.owns_this:
        return None
    if any(node.type in FUNCTIONS or node.type == "await_expression" for node in walk(expression)):
        return None
    if not _is_seen_outside(file, hook, expression, name):
        return None
    return _Item(condition, _with(file, expression, name, target))


def _is_text(file: File, target: Node) -> bool:
    """Whether what is kept is a text from the first."""
    binding = file.bindings.resolve(target) if target.type == "identifier" else None
    return binding is not None and binding.value is not None and binding.value.type == "string"


def _is_left_of(use: Node, kept: _Kept) -> bool:
    """Whether a use of the list is the one that takes its last element."""
    return kept.lines is not None and use.id == kept.lines.id


def _loop(lines: Node) -> tuple[Node, Node] | None:
    """The name of an element and the body of `for (const line of lines) …`, or `forEach`."""
    outer = lines.parent
    if outer is None:
        return None
    if outer.type == "for_in_statement" and outer.child_by_field_name("right") == lines:
        operator = outer.child_by_field_name("operator")
        name, body = outer.child_by_field_name("left"), outer.child_by_field_name("body")
        walks = operator is not None and operator.type == "of"
        return (name, body) if walks and name is not None and body is not None else None
    call = outer.parent
    method = called_method(call) if call is not None else None
    if call is None or method is None or method[0] != lines or method[1].text != b"forEach":
        return None
    given = arguments(call)
    if len(given) != 1 or given[0].type != "arrow_function":
        return None
    body = given[0].child_by_field_name("body")
    single = given[0].child_by_field_name("parameter")
    listed = given[0].child_by_field_name("parameters")
    names = [single] if single is not None else named(listed) if listed is not None else []
    names = [name.child_by_field_name("pattern") or name for name in names if name is not None]
    return (names[0], body) if len(names) == 1 and body is not None else None


def _is_seen_outside(file: File, hook: Hook, expression: Node, name: Node) -> bool:
    """Whether all that an expression names, but the part, is there in another method, too."""
    part = file.bindings.resolve(name)
    for node in walk(expression):
        if node.type not in ("identifier", "shorthand_property_identifier"):
            continue
        binding = file.bindings.resolve(node)
        if binding is None or binding == part:
            if binding is not None and node.type != "identifier":
                return False
            continue
        if inside(binding.node, hook.function):
            return False
    return True


def _with(file: File, expression: Node, name: Node, target: str) -> str:
    """The text of an expression with `target` in the place of the part."""
    binding = file.bindings.resolve(name)
    data, at, text = file.source.data, expression.start_byte, b""
    for node in walk(expression):
        if node.type == "identifier" and file.bindings.resolve(node) == binding:
            text += data[at : node.start_byte] + target.encode()
            at = node.end_byte
    return (text + data[at : expression.end_byte]).decode()


class _Place(NamedTuple):
    """Where a flush goes: at byte `at`, its text begun by `head` and ended by `tail`, at the
    indentation of `outer`."""

    file: File
    at: int
    head: str
    tail: str
    outer: str
    typed: bool

    def flush(self, item: _Item) -> Edit:
        source = self.file.source
        stop = ";" if source.uses_semicolons else ""
        line = source.newline + self.outer
        inner = line + ("\t" if self.outer.endswith("\t") else source.indent_unit)
        name = "callback: (error?: Error | null) => void" if self.typed else "callback"
        text = (
            f"{self.head}({name}) {{{inner}if ({item.condition}) {item.push}{stop}"
            f"{inner}callback(){stop}{line}}}{self.tail}"
        )
        return Edit.insert(self.at, text)


def _place(file: File, stage: Stage, hook: Hook) -> _Place | None:
    source = file.source
    typed = source.grammar != "javascript"
    if stage.form == "through2":
        if hook.function.parent is None or named(hook.function.parent)[-1] != hook.function:
            return None
        outer = source.indent(hook.function.start_byte)
        return _Place(file, hook.function.end_byte, ", function ", "", outer, typed)
    if stage.form == "options":
        pair = hook.function if hook.function.type == "method_definition" else hook.function.parent
        if pair is None or pair.type not in ("method_definition", "pair"):
            return None
        outer = source.indent(pair.start_byte)
        begins = source.data[source.line_start(pair.start_byte) : pair.start_byte].strip() == b""
        if not begins:
            return None
        return _Place(file, pair.end_byte, f",{source.newline}{outer}flush", "", outer, typed=False)
    method = hook.function
    if stage.node.type not in CLASSES or method.type != "method_definition":
        return None
    outer = source.indent(method.start_byte)
    overrides = (
        "override " if any(part.type == "override_modifier" for part in method.children) else ""
    )
    head = f"{source.newline}{source.newline}{outer}{overrides}_flush"
    return _Place(file, method.end_byte, head, "", outer, typed)


# What is kept until there is enough of it.


def _batched(file: File, stage: Stage, hook: Hook) -> Answer | None:
    """The answer for a stage that only adds each chunk to a batch, which it gives when it is full:
    told, since what a batch is only its author knows."""
    body = file.functions.body(hook.function)
    chunk = hook.chunk
    if body is None or chunk is None or _BYTES.search(_of_bytes(file, body)) is not None:
        return None
    added = next(_added(file, hook, body), None)
    if added is None or _gives_at_once(file, hook, body):
        return None
    if not _pushes_it(file, stage, hook, added):
        return None
    floor = file.target.node_floor
    code = "node-too-old" if floor is not None and floor < 18 else "batch"
    return _declined(file, stage, hook, added, code)


def _of_bytes(file: File, body: Node) -> bytes:
    """The text of a hook that is searched for signs of frames: bytes whose end is no record."""
    return re.sub(rb"\.length\s*[<>]=?\s*[\w.]*", b"", file.source.bytes(body))


def _added(file: File, hook: Hook, body: Node) -> Iterator[Node]:
    """What a chunk is added to: a list or a batch that outlives the hook."""
    for node in walk(body, into_functions=False):
        method = called_method(node)
        given = arguments(node) if method is not None else []
        if method is None or not given or file.source.text(given[0]) != hook.chunk:
            continue
        if _ADDING.fullmatch(file.source.text(method[1])) is None or method[0].type == "this":
            continue
        if _outlives(file, hook, method[0]):
            yield method[0]


def _gives_at_once(file: File, hook: Hook, body: Node) -> bool:
    """Whether the hook gives something for each chunk."""
    for node in walk(body, into_functions=False):
        if node.type != "call_expression":
            continue
        function = callee(node)
        called = file.source.text(function) if function is not None else None
        if called == hook.callback and len(arguments(node)) > 1:
            return True
        method = called_method(node)
        if method is None or method[1].text != b"push" or method[0].type != "this":
            continue
        conditional = any(
            outer.type in ("if_statement", "ternary_expression") and inside(outer, body)
            for outer in ancestors(node)
        )
        if not conditional:
            return True
    return False


def _pushes_it(file: File, stage: Stage, hook: Hook, added: Node) -> bool:
    """Whether the stage pushes what it has collected: `this.push(this.rows)`."""
    whole = stage.node
    if stage.form == "function":
        whole = file.source.root
    name = file.source.text(added)
    bare = name.rpartition(".")[2]
    for node in walk(whole):
        method = called_method(node) if node.type == "call_expression" else None
        if method is None or method[1].text != b"push" or method[0].type != "this":
            continue
        for given in arguments(node):
            if re.search(_SPEAKS_OF % re.escape(bare), file.source.text(given)):
                return True
    return False


def _declined(file: File, stage: Stage, hook: Hook, target: Node, code: str) -> Declined:
    reason = DROPS_REASONS[code]
    text = file.source.text(target)
    message = BATCH if code == "batch" else DROPS
    return Declined(
        span=Span.of(hook.function),
        anchor=stage.node.start_byte,
        message=message.replace("TEXT", text),
        code=code,
        why=file.target.blamed(reason.why) if code == "node-too-old" else reason.why,
        recipe=reason.recipe.replace("TEXT", text),
        evidence=(grounds(file, stage),),
        shown=reason.shown,
    )
