"""What `unleak new --python` writes: as `template`, for code in Python."""

from collections.abc import Mapping

_MODULE = '''\
"""Close a descriptor that nobody takes.

## Why it leaks

TODO: what is left behind, and what somebody measured.

## What changes

TODO: what is written, and why it is right.

## What is left alone

TODO: what looks like it and is no leak, and what a hand should do.
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from unleak import Answer, Edit, PythonMatch, Rewrite, Safety, python_codemod


@python_codemod(
    safety=Safety.UNSAFE,
    python=">=3.11",
    # A file without any of these is never parsed.
    needles=[".open("],
    # Where in the file there may be something to find.
    hits=r"\\.open\\(",
    # The shape: the calls that `find` is asked about.
    matcher=m.Call(func=m.Attribute(attr=m.Name("open"))),
)
def find(match: PythonMatch) -> Iterator[Answer]:
    source, call = match.source, cst.ensure_type(match.node, cst.Call)
    # The meaning: what the name stands for here, whatever it is called.
    if source.imported(call.func) != "os.open":
        return
    # A statement of its own: nobody gets what it gives.
    if not isinstance(next(source.parents(call)), cst.Expr):
        return
    module = source.text(cst.ensure_type(call.func, cst.Attribute).value)
    span = source.span(call)
    # The text: as few bytes as cure it.
    yield Rewrite(
        span=span,
        anchor=span.start,
        message="the descriptor that is opened here is never closed",
        edits=(Edit.insert(span.start, f"{module}.close("), Edit.insert(span.end, ")")),
        safety=Safety.UNSAFE,
        notes=("It is closed at once.",),
    )
'''

_EXAMPLE = """\
import os


def touch(path):
    os.open(path, os.O_CREAT)
"""
_DIFF = """\
diff --git a/example.py b/example.py
--- a/example.py
+++ b/example.py
@@ -2,4 +2,4 @@
{blank}
{blank}
 def touch(path):
-    os.open(path, os.O_CREAT)
+    os.close(os.open(path, os.O_CREAT))
"""
_KEPT = """\
import os


def touch(path):
    return os.open(path, os.O_CREAT)
"""
_OTHER = """\
import acme as os


def touch(path):
    os.open(path, os.O_CREAT)
"""
_PROOF = '''\
"""TODO: what is measured, in one sentence."""

# The least and the most that each figure must be: {"open descriptors": (1, 1)}.
BEFORE = {}
AFTER = {}


def run(subject):
    # `subject` is the module, once before and once after; what is returned is compared.
    raise NotImplementedError("this proof is still to be written")
'''


def files(stem: str) -> Mapping[str, str]:
    """The files of a new codemod for Python, by their paths in the pack."""
    golden = f"golden/{stem}"
    return {
        f"{stem}.py": _MODULE,
        f"{golden}/example.py": _EXAMPLE,
        f"{golden}/example.diff": _DIFF.replace("{blank}", " "),
        f"{golden}/example.findings": "5:5 fixable unsafe\n",
        f"{golden}/example.proof.py": _PROOF,
        f"{golden}/skip_kept.py": _KEPT,
        f"{golden}/skip_other_module.py": _OTHER,
    }
