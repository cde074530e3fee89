"""What is told of a buffer whose bytes may leave unwritten, by stable code."""

from unleak_codemods.streams.reasons import Reason

MESSAGES: dict[str, str] = {
    "never-written": "{made} gives old memory, and nothing is written to it before it leaves",
    "partly-written": "{made} gives old memory, and some of its bytes are never written",
    "shorter-text": "{made} gives old memory, and a shorter text leaves the rest as it was found",
    "short-read": "{made} gives old memory, and a shorter file leaves the rest as it was found",
    "read-unchecked": "{made} gives old memory, and a file that ends early leaves the rest of it",
    "handed-out": "{made} gives old memory, which is handed out as it is",
    "number": "new Buffer(size) is deprecated: Buffer.alloc(size) is the same buffer of zeros",
    "unknown-type": "new Buffer(value) makes a buffer of zeros when the value is a number",
}
COSTS = "the buffer is filled with zeros now, which costs time where it is large and made often"
"""What is to be known of every one of them that no other note is told of."""

NOTES: dict[str, str] = {
    "shorter-text": "if the text always fills the buffer, nothing leaks and this costs a little",
    "short-read": (
        "the bytes behind the end of a shorter file are zeros now: subarray(0, bytesRead) would "
        "leave them out"
    ),
    "number": "a size that is no number throws ERR_INVALID_ARG_TYPE now",
}

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, on which nothing here was tried",
        "Raise engines.node to >=18, then write Buffer.alloc(size).",
    ),
    "read-unchecked": Reason(
        "whether the file can be shorter than it was taken for is not seen here",
        "Send what was read: const { bytesRead } = await read(…); buffer.subarray(0, bytesRead).\n"
        "Or begin with zeros: Buffer.alloc(size).",
        shown=True,
    ),
    "handed-out": Reason(
        "who calls this function, and whether they write every byte, is not seen here",
        "Return Buffer.alloc(size); or call the function …Unsafe, so that its callers know.",
        shown=True,
    ),
    "unknown-type": Reason(
        "nothing here tells a number from a text or a buffer",
        "Buffer.from(value) for text, bytes and buffers: it refuses a number. Buffer.alloc(size)\n"
        "for a size. When the value comes from a request, a number in its JSON makes a buffer of\n"
        "as many bytes.",
    ),
}
