"""What is told of stages that could be written another way, by stable code."""

from unleak_codemods.streams.reasons import Reason

REPEATED = "the same stages stand {times} times in this file: {stages}"
GENERATOR = "this class is one stage of one pipeline, and all it does is push"

REASONS: dict[str, Reason] = {
    "stages-repeated": Reason(
        "one function can make them, and must make them anew for each use",
        "  const makeStages = () => compose(STAGES);\n"
        "  await pipeline(source, makeStages(), destination);\n"
        "compose() of node:stream gives one stream, used up by one pipeline: never keep it.",
        shown=True,
    ),
    "class-is-a-generator": Reason(
        "a function that yields is shorter, and a throw in it rejects the pipeline on every Node",
        "  async function* stage(source) {\n"
        "    for await (const item of source) {\n"
        "      const value = …;\n"
        "      if (value != null) yield value;\n"
        "    }\n"
        "    // what _flush does\n"
        "  }\n"
        "  await pipeline(source, stage, destination);\n"
        "It takes three to five times as long for each item, and cannot be given to .pipe().",
        shown=True,
    ),
}
