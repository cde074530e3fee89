"""Where codemods look for the hooks of stages."""

import re

from unleak_engine.codemod import Options

_MODULES = ("stream", "through2", "mississippi")
_OWN = ("_transform", "_write", "_flush", "_final")

NEEDLES = [
    *(f"{name}{quote}" for name in _MODULES for quote in "'\"`"),
    "readable-stream/",
    *_OWN,
]
"""What a file holds that loads what stages are made of, or extends a stage of another file."""

ALSO = [["ransform", "write", "flush", "final", "hrough2"]]

HITS = (
    r"""(?:t(?<!\.t)ransform|w(?<!\.w)ritev?|f(?<!\.f)lush|f(?<!\.f)inal)"""
    r"""(?=\s*(?:[(:,}<]|=(?![=>])))|hrough\w*(?=['"]?\)?(?:\.\w+)*\s*\()"""
)

QUERY = """
    ((property_identifier) @name (#any-of? @name
      "transform" "write" "writev" "flush" "final"
      "_transform" "_write" "_writev" "_flush" "_final"))
    ((shorthand_property_identifier) @name
      (#any-of? @name "transform" "write" "writev" "flush" "final"))
    ((identifier) @name (#match? @name "[Tt]hrough"))
    ((string_fragment) @name (#eq? @name "through2"))
"""

_STAGES = re.compile(
    rb"""["'`](?:node:)?(?:stream|readable-stream[\w/-]*|through2|mississippi)["'`]"""
    rb"""|\b_(?:transform|writev?|flush|final)\b"""
)


def may_hold_stages(data: bytes, _: Options) -> bool:
    """Whether a file loads what stages are made of, or extends a stage of another file."""
    return _STAGES.search(data) is not None
