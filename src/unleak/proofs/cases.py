"""Where proofs stand: beside the golden file whose rewrite, or whose recipe, they prove."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from unleak.golden import by_hand
from unleak_engine.patch import PatchError, apply_diff, split_sections

PROOF_SUFFIX = ".proof.mjs"
PYTHON_PROOF_SUFFIX = ".proof.py"
SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")

PACKAGE = Path(__file__).resolve().parent.parent
REPOSITORY = PACKAGE.parent.parent


class ProofError(Exception):
    """A proof that cannot be run at all: its files or its Node are not what they should be."""


@dataclass(frozen=True, slots=True)
class ProofCase:
    """One golden case: the bytes before and after the cure, and the file that claims.

    `codemod` is in kebab-case, `suffix` is the golden file's own, with its dot. `by_hand` says that
    the cure is a recipe, which unleak shows and does not write.
    """

    codemod: str
    name: str
    suffix: str
    before: bytes
    after: bytes
    proof: Path
    by_hand: bool = False


def shipped(folder: str) -> Path:
    """`golden` or `proofs`: in the wheel they travel inside the package, under another name."""
    packed = PACKAGE / f"_{folder}"
    return packed if packed.is_dir() else REPOSITORY / folder


def find_cases(golden: Path) -> Iterator[ProofCase]:
    """Every case below `golden` that has a proof, sorted by codemod and name.

    Raises ProofError when a proof has not exactly one golden file, and beside that either a diff
    that applies to it or the same file written by hand.
    """
    for proof in sorted(golden.glob(f"*/*{PROOF_SUFFIX}")):
        yield read_case(proof)


def find_python_cases(golden: Path) -> Iterator[ProofCase]:
    """As `find_cases`, of the proofs of Python."""
    for proof in sorted(golden.glob(f"*/*{PYTHON_PROOF_SUFFIX}")):
        yield read_case(proof)


def read_case(proof: Path) -> ProofCase:
    """The case of one proof. Raises ProofError as `find_cases` does."""
    name = proof.name.removesuffix(PROOF_SUFFIX).removesuffix(PYTHON_PROOF_SUFFIX)
    suffixes = (".py",) if proof.name.endswith(PYTHON_PROOF_SUFFIX) else SUFFIXES
    sources = [path for suffix in suffixes if (path := proof.with_name(name + suffix)).is_file()]
    if len(sources) != 1:
        raise ProofError(f"{proof}: {len(sources)} golden files of that name, not one")
    [source] = sources
    codemod = proof.parent.name.replace("_", "-")
    before = source.read_bytes()
    diff, written = source.with_name(f"{name}.diff"), by_hand(source)
    if written.is_file():
        if diff.exists():
            raise ProofError(f"{written}: there is {diff.name} too, so what is proved?")
        after = written.read_bytes()
        return ProofCase(codemod, name, source.suffix, before, after, proof, by_hand=True)
    return ProofCase(codemod, name, source.suffix, before, _rewritten(source, diff), proof)


def _rewritten(source: Path, diff: Path) -> bytes:
    """`source` with its section of `diff` applied."""
    try:
        sections = split_sections(diff.read_bytes())
        wanted = [each for each in sections if Path(each.new_path).name == source.name]
        if len(wanted) != 1:
            raise ProofError(f"{diff}: {len(wanted)} sections for {source.name}, not one")
        return apply_diff(source.read_bytes(), wanted[0].body)
    except (OSError, PatchError) as error:
        raise ProofError(f"{diff}: {error}") from error
