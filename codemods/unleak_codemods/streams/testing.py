"""Files that are tests: what they read they wrote themselves, and a throw is what fails them."""

import re

from unleak_engine.codemod import File

_TEST = re.compile(r"(?:^|/)(?:tests?|__tests__|specs?)/|[._-](?:test|spec)\.\w+$")


def is_a_test(file: File) -> bool:
    return _TEST.search(file.source.path) is not None
