"""A chain into a response that is returned: `return source.pipe(res)`. The chain is rewritten as
the statement it is in all but form, and the response is returned below it, as before."""

from unleak_codemods.streams.detaching import pipe_statement
from unleak_codemods.streams.pipes import Site
from unleak_codemods.streams.syntax import in_block, named, wrapped
from unleak_engine.codemod import Answer, Rewrite
from unleak_engine.edit import Edit


def returns_the_response(site: Site) -> bool:
    """Whether all that is returned is the response itself, which whoever waits for it has."""
    holder = wrapped(site.chain.node).parent
    return (
        site.chain.place == "returned"
        and holder is not None
        and holder.type == "return_statement"
        and site.destination.role == "response"
        and site.chain.stages[-1].node.type in ("identifier", "member_expression")
        and in_block(holder)
        and named(holder) == [wrapped(site.chain.node)] == [site.chain.call]
    )


def pipe_and_return(site: Site) -> Answer:
    """The answer for a chain for which `returns_the_response` is true."""
    answer = pipe_statement(site)
    holder = wrapped(site.chain.node).parent
    if not isinstance(answer, Rewrite) or holder is None:
        return answer
    source = site.file.source
    response = source.text(site.chain.stages[-1].node)
    stop = ";" if source.data[holder.end_byte - 1 : holder.end_byte] == b";" else ""
    line = source.newline + source.indent(holder.start_byte)
    below = Edit.insert(holder.end_byte, f"{line}return {response}{stop}")
    keyword = Edit.delete(holder.start_byte, site.chain.call.start_byte)
    return answer._replace(edits=(*answer.edits, keyword, below))
