"""The answer for a wait that is rewritten: its safety, its notes, its helper and its exit."""

import re

from unleak_codemods.drains import reasons as notes
from unleak_codemods.drains.inline import inline_edits
from unleak_codemods.drains.leftovers import without_helper, without_import
from unleak_codemods.drains.places import callback_use, enclosing_catch
from unleak_codemods.drains.sites import (
    OWNED,
    Site,
    handed_by_owners,
    heard_elsewhere,
    is_helper_body,
    read_by_loop,
)
from unleak_codemods.drains.statements import Style, statement_edits, style_of
from unleak_codemods.helpers.drained import STRICT, Helper, function_text, helper_of
from unleak_codemods.streams.evidence import Owner
from unleak_codemods.streams.syntax import callee, inside, member, same, walk
from unleak_engine.bindings import Binding
from unleak_engine.codemod import Answer, File, Rewrite
from unleak_engine.edit import Edit, Safety


def rewritten(site: Site) -> Answer:
    """The answer for a wait that may be rewritten."""
    style = style_of(site)
    plan = brought(site, style)
    if plan is None:
        return site.declined("no-import-place")
    expression, imports = plan
    leave, labels = leaving(site, style)
    if site.file.options.helpers == "inline":
        edits = inline_edits(site, style, expression, leave)
    else:
        edits = statement_edits(site, style, f"!(await {expression}({site.stream}))", leave)
    told = notes_for(site)
    return Rewrite(
        span=site.span,
        anchor=site.wait.anchor.start_byte,
        message=notes.MESSAGE,
        edits=(*imports, *labels, *edits, *without_helper(site.file, site.wait.nodes)),
        safety=Safety.UNSAFE if told else Safety.SAFE,
        evidence=site.printed,
        notes=told,
    )


def notes_for(site: Site) -> tuple[str, ...]:
    """What a reviewer must know; nothing for a rewrite that is safe."""
    evidence, wait, gate = site.evidence, site.wait, site.gate
    found: list[str] = []
    if not evidence.proven:
        found.append(notes.LIKELY)
    elif not evidence.kind.core:
        found.append(notes.FOREIGN)
    if site.handler:
        leaves = evidence.owner is Owner.HANDLER or evidence.role == "response"
        found.append(notes.IN_HANDLER if leaves else notes.CAUGHT_IN_HANDLER)
        if read_by_loop(site):
            found.append(notes.READER_HEARS)
    elif evidence.role == "response":
        found.append(notes.RESPONSE)
    elif evidence.owner not in OWNED and not handed_by_owners(site):
        found.append(notes.HANDED_OVER)
    if not gate.tested and not is_helper_body(site):
        found.append(notes.UNTESTED)
    if gate.missed:
        found.append(notes.DRAIN_MISSED)
    if gate.holder is not None and gate.holder.type == "while_statement" and gate.kind == "write":
        found.append(notes.WRITTEN_TWICE)
    if not wait.hears_errors:
        found.append(notes.NEW_REJECTION)
    if wait.leaves_listeners and not heard_elsewhere(site):
        found.append(notes.LISTENER_GONE)
    if wait.form == "race" and wait.leaves_listeners:
        found.append(notes.CLOSE_REJECTS)
    caught = enclosing_catch(site.file, site.statement)
    if caught is not None and site.loop is not None and inside(caught, site.loop):
        found.append(notes.CAUGHT_IN_LOOP)
    if callback_use(site.file, wait.whole) == "unknown":
        found.append(notes.CALLBACK)
    return tuple(found)


# The helper.


def brought(
    site: Site, style: Style, helper: Helper = STRICT
) -> tuple[str, tuple[Edit, ...]] | None:
    """How to write the helper (`once` where there shall be none), and the edits that bring it;
    None without a place for them."""
    file, gone = site.file, site.wait.nodes
    if file.options.helpers == "inline":
        plan = file.bindings.import_name("events", "once", site.wait.whole)
        return None if plan is None else (plan.expression, plan.edits)
    once = _once_binding(site)
    if file.options.helpers != "file":
        module = _relative(file.source.path, file.options.helpers)
        plan = file.bindings.import_name(module, helper.name, site.wait.whole)
        if plan is None:
            return None
        return plan.expression, without_import(file, once, gone, plan.edits)
    known = _known_helper(file, helper)
    if known is not None:
        return known, without_import(file, once, gone, ())
    imported = file.bindings.lookup(helper.name, site.wait.whole)
    if helper == STRICT and imported is not None and imported.kind == "import":
        return helper.name, without_import(file, once, gone, ())
    name = file.bindings.fresh_name(helper.name)
    plan = file.bindings.import_name(helper.module, helper.needs, site.wait.whole)
    if plan is None:
        return None
    text = function_text(
        helper,
        typescript=_is_typescript(file),
        name=name,
        needed=plan.expression,
        indent=style.unit,
        quote=style.quote,
        semicolons=bool(style.semicolon),
    )
    end = len(file.source.data)
    closed = file.source.data.endswith(b"\n")
    text = f"\n{text}" if closed else f"\n\n{text.rstrip()}"
    inserted = Edit.insert(end, text.replace("\n", style.newline))
    return name, (*without_import(file, once, gone, plan.edits), inserted)


def _known_helper(file: File, helper: Helper) -> str | None:
    """The name of the helper, where the file already has it."""
    for child in file.source.root.named_children:
        if child.type == "export_statement":
            child = child.child_by_field_name("declaration") or child
        if child.type == "function_declaration" and helper_of(file.source.text(child)) == helper:
            name = child.child_by_field_name("name")
            return file.source.text(name) if name is not None else None
    return None


def _is_typescript(file: File) -> bool:
    return file.source.path.endswith((".ts", ".mts", ".cts", ".tsx"))


def _once_binding(site: Site) -> Binding | None:
    """The import of `once` that the wait uses."""
    for node in walk(site.wait.whole):
        if node.type != "call_expression":
            continue
        function = callee(node)
        origin = site.file.bindings.origin(function) if function is not None else None
        if function is None or origin is None or not origin.module.endswith("events"):
            continue
        while (found := member(function)) is not None:
            function = found[0]
        return site.file.bindings.resolve(function)
    return None


def _relative(path: str, module: str) -> str:
    """How a file at `path` imports `module`; both are relative to one root, with `/`. A module of
    TypeScript is imported by the name of what it is compiled to."""
    module = re.sub(r"(?<!\.d)\.([mc]?)ts$", r".\1js", module)
    here, there = path.split("/")[:-1], module.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "/".join([*([".."] * len(here) or ["."]), *there])


# The exit.


def leaving(site: Site, style: Style) -> tuple[str, tuple[Edit, ...]]:
    """The statement that leaves, without its semicolon, and the edits of a label it needs."""
    if not leaves_loop(site):
        q = style.quote
        code = f"{{ code: {q}ERR_STREAM_PREMATURE_CLOSE{q} }}"
        return f"throw Object.assign(new Error({q}Premature close{q}), {code})", ()
    functions, loop = site.file.functions, site.loop
    assert loop is not None
    nearest = functions.breakable(site.gate.holder or site.statement)
    if nearest is not None and same(nearest, loop):
        return "break", ()
    label = functions.label_of(loop)
    if label is not None:
        return f"break {label}", ()
    label = functions.fresh_label("writing", loop)
    return f"break {label}", (Edit.insert(loop.start_byte, f"{label}: "),)


def leaves_loop(site: Site) -> bool:
    """Whether the code ends its loop when the stream is gone, in place of throwing."""
    ours = site.evidence.owner is Owner.HANDLER or site.evidence.role == "response"
    return site.handler and ours and site.loop is not None


def exit_obstacle(site: Site) -> str | None:
    """Why there is no way out that a handler may take."""
    if not site.handler or leaves_loop(site):
        return None
    if site.evidence.owner is Owner.HANDLER or site.evidence.role == "response":
        return "handler-without-loop"
    return "handler-rejects" if enclosing_catch(site.file, site.statement) is None else None
