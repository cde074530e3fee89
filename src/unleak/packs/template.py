"""What `unleak new` writes: a codemod that works, so that there is something to change."""

from collections.abc import Mapping

_MODULE = '''\
"""Close a file stream that nobody takes.

## Why it leaks

TODO: what is left behind, and what somebody measured.

## What changes

TODO: what is written, and why it is right.

## What is left alone

TODO: what looks like it and is no leak, and what a hand should do.
"""

from collections.abc import Iterator

from unleak import Answer, Edit, Match, Rewrite, Safety, Span, codemod


@codemod(
    safety=Safety.UNSAFE,
    node=">=18",
    # A file without any of these is never parsed.
    needles=["createReadStream("],
    # Where in the file the query is asked about.
    hits=r"createReadStream\\(",
    # The shape: a call that is a statement of its own.
    query="""
        (expression_statement
          (call_expression function: (_) @callee arguments: (arguments)) @call)
    """,
)
def find(match: Match) -> Iterator[Answer]:
    # The meaning: what the name stands for here, whatever it is called.
    if not match.bindings.is_import(match["callee"], ["fs"], "createReadStream"):
        return
    call = match["call"]
    # The text: as few bytes as cure it.
    yield Rewrite(
        span=Span.of(call),
        anchor=call.start_byte,
        message="the file that is opened here is never closed",
        edits=(Edit.insert(call.end_byte, ".destroy()"),),
        safety=Safety.UNSAFE,
        notes=("It is closed at once.",),
    )
'''

_EXAMPLE = """\
import { createReadStream } from 'node:fs';

export function touch(path) {
  createReadStream(path);
}
"""
_DIFF = """\
diff --git a/example.mjs b/example.mjs
--- a/example.mjs
+++ b/example.mjs
@@ -1,5 +1,5 @@
 import { createReadStream } from 'node:fs';
{blank}
 export function touch(path) {
-  createReadStream(path);
+  createReadStream(path).destroy();
 }
"""
_KEPT = """\
import { createReadStream } from 'node:fs';

export function touch(path) {
  return createReadStream(path);
}
"""
_OTHER = """\
import { createReadStream } from 'acme';

export function touch(path) {
  createReadStream(path);
}
"""
_PROOF = """\
// Runs the text before and the text after on real Node, with one fault each.
export default {
  claim: 'TODO: what is promised, in one sentence',
  scenarios: [
    {
      name: 'TODO: what goes wrong',
      fault: 'TODO: what is done to make it go wrong',
      async run(subject, kit) {
        // `subject` is the module; kit.path() and kit.file() are files, kit.track() a promise.
        throw new Error('this proof is still to be written');
      },
      after: {},
    },
  ],
};
"""


def files(stem: str) -> Mapping[str, str]:
    """The files of a new codemod, by their paths in the pack."""
    golden = f"golden/{stem}"
    return {
        f"{stem}.py": _MODULE,
        f"{golden}/example.mjs": _EXAMPLE,
        f"{golden}/example.diff": _DIFF.replace("{blank}", " "),
        f"{golden}/example.findings": "4:3 fixable unsafe\n",
        f"{golden}/example.proof.mjs": _PROOF,
        f"{golden}/skip_kept.mjs": _KEPT,
        f"{golden}/skip_other_module.mjs": _OTHER,
    }
