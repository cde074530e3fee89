"""What is told of a stream that several requests share, by stable code. STREAM is its variable."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = "this stream is made once and is a stage for every request: they get each other's bytes"

EACH = (
    "each use makes a stream of its own now, with the memory that takes (a gzip some 256 KB): if "
    "uses were meant to share one, this takes them apart"
)

_BY_HAND = (
    "Make it a function, and call it for each use:\n"
    "  const makeStream = () => …;\n"
    "  const STREAM = makeStream();"
)

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where nothing of this was tried",
        "Raise engines.node to >=18. " + _BY_HAND,
    ),
    "stage-exported": Reason(
        "other modules get this stream too, and would have to call it",
        "Export a function in its place, and call it wherever it is used:\n"
        "  export const makeStream = () => …;",
        shown=True,
    ),
    "stage-used-otherwise": Reason(
        "it is used in other ways than as a stage: what listens to it belongs to each new one",
        _BY_HAND + "\nWhat listens to it moves to where it is made.",
        shown=True,
    ),
    "stage-used-twice": Reason(
        "one function uses it more than once, and must use the same one each time",
        _BY_HAND + "\nat the top of the function that uses it.",
        shown=True,
    ),
    "stage-typed": Reason(
        "its declared type is that of a stream, and would be that of a function",
        _BY_HAND,
        shown=True,
    ),
    "stage-state": Reason(
        "its functions use variables of the module, which a new stream would share again",
        "Move what belongs to one use into the function that makes the stream:\n"
        "  const makeStream = () => {\n"
        "    let tail = '';\n"
        "    return new Transform({ … });\n"
        "  };",
        shown=True,
    ),
    "stage-of-streams": Reason(
        "it is composed of streams that are made once as well",
        "Make each of its parts in the function that composes them:\n"
        "  const makeStream = () => compose(format, createGzip());",
        shown=True,
    ),
    "stage-computed": Reason(
        "what it is made with is worked out when the module is loaded, once",
        _BY_HAND + "\nA key may be shared, an initialisation vector must be new for each.",
        shown=True,
    ),
}
