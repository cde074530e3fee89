"""What is told of text made of chunks: why it is left to a hand, by stable code, and what a
reviewer must know. STREAM stands for the stream, TEXT for what the chunks are added to."""

from unleak_codemods.streams.reasons import Reason

MESSAGE = "each chunk is made text by itself, so a character that lies across two is lost"
BASE64 = "each chunk is made base64 by itself, and chunks whose length is no multiple of 3 break it"

STRINGS = "every 'data' of the stream is a string from now on, not a Buffer"
SHORT = "a stream that ends in the middle of a character still gives U+FFFD for it"

_SET = "STREAM.setEncoding('utf8'), before anything is read: whoever reads it gets strings then."
_LIST = (
    "Collect the chunks and decode once: Buffer.concat(chunks).toString(), or make text of each\n"
    "by a StringDecoder: decoder.write(chunk), and decoder.end() behind the last."
)

REASONS: dict[str, Reason] = {
    "node-too-old": Reason(
        "the package supports Node below 18, where this was not measured",
        f"Raise engines.node to >=18, or by hand: {_SET}",
    ),
    "child-output": Reason(
        "it is what a child process prints, often for a log, where a rare U+FFFD may do",
        _SET,
        shown=True,
    ),
    "process-stdin": Reason(
        "process.stdin belongs to the whole process, and others may want its bytes",
        _SET,
        shown=True,
    ),
    "base64": Reason(
        "setEncoding('base64') changes what every listener gets",
        "STREAM.setEncoding('base64') before anything is read, or collect the chunks and encode\n"
        "once: Buffer.concat(chunks).toString('base64').",
    ),
    "encoding-computed": Reason(
        "the encoding is not known before the code runs",
        "A StringDecoder for that encoding: decoder.write(chunk), and decoder.end() behind the\n"
        "last. Not for base64 and hex, nor for bytes.",
    ),
    "other-encoding": Reason("it is another encoding than UTF-8", _LIST),
    "source-unproven": Reason("nothing proves what the stream is, and what its chunks are", _LIST),
    "chunk-counts": Reason(
        "the chunk itself is used, too, where its bytes may be wanted",
        f"{_LIST}\nsetEncoding makes chunk.length count characters.",
    ),
    "read-elsewhere": Reason(
        "the stream is given to others, or read in more than one place, who may want bytes", _LIST
    ),
    "listener-elsewhere": Reason("the listener is a function that others may call, too", _LIST),
    "place-unclear": Reason("the stream is reached in a way that no call can be put behind", _SET),
    "stage-decodes": Reason(
        "in a stage, what is left of a character at the end must come out of its flush",
        "One decoder for each stage, from node:string_decoder:\n"
        "  transform(chunk, encoding, callback) { … decoder.write(chunk) … }\n"
        "  flush(callback) { … decoder.end() …; callback(); }",
    ),
}
