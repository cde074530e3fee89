"""Why a `.pipe` chain is left to a hand, by stable code, and how the hand should do it."""

from typing import NamedTuple


class Reason(NamedTuple):
    """`shown` marks a recipe that is right as it stands (reported as display)."""

    why: str
    recipe: str
    shown: bool = False


REASONS: dict[str, Reason] = {
    "end-false": Reason(
        "`{ end: false }` keeps the destination open for others",
        "  try {\n"
        "    await pipeline(source, destination, { end: false });\n"
        "  } catch (err) { source.destroy(); … }\n"
        "then end or destroy the destination, which a failure leaves open too. Each\n"
        "such call leaves listeners on it, so for several sources run one pipeline:\n"
        "  await pipeline(async function* () {\n"
        "    for (const each of all) yield* open(each);\n"
        "  }, destination, { end: false });",
        shown=True,
    ),
    "process-stdio": Reason(
        "a stream of the whole process must not be ended or destroyed",
        "  try {\n"
        "    await pipeline(source, process.stdout, { end: false });\n"
        "  } finally { source.destroy(); }\n"
        "Without { end: false } every later console.log is lost on pipes and\n"
        "terminals. A reader that leaves (`| head`) is a rejection then, EPIPE.\n"
        "Put process.stdin into no pipeline when it is read again.",
        shown=True,
    ),
    "piped-more-than-once": Reason(
        "one stream is piped to, or from, more than once",
        "One source, several destinations: start all in the same tick, or those\n"
        "awaited later stay empty. When one fails all fail: that is new.\n"
        "  await Promise.all([pipeline(source, a), pipeline(source, b)]);\n"
        "Several sources, one destination:\n"
        "  await pipeline(async function* () {\n"
        "    for (const each of all) yield* open(each);\n"
        "  }, destination);",
        shown=True,
    ),
    "author-says-no": Reason(
        "a comment above the chain speaks of pipeline, so its author has thought of it",
        "Read the comment. If it no longer holds, take it away and run unleak again.",
    ),
    "unpiped": Reason(
        "the file takes a pipe apart again with unpipe",
        "A pipeline cannot be unpiped. Keep the pipe and destroy both ends yourself:\n"
        "destination.once('close', () => source.destroy()).",
    ),
    "stages-grown": Reason(
        "the chain is grown stage by stage",
        "Collect the stages in an array and run it once: const stages = [source];\n"
        "if (wanted) stages.push(createGzip()); await pipeline(...stages, destination);\n"
        "in the catch, destroy every stage.",
    ),
    "two-way": Reason(
        "the streams are piped both ways, so one end decides for both directions",
        "A pipeline for each direction, from node:stream, in the same tick:\n"
        "  pipeline(a, b, done);\n"
        "  pipeline(b, a, done);\n"
        "Half-closing still works, a reset closes both, done is called twice.",
        shown=True,
    ),
    "legacy-stream": Reason(
        "a stage is not a core stream, and fails or closes in its own way",
        "  await pipeline(source, stage, destination);\n"
        "takes such a stage and destroys it with the others (measured with through,\n"
        "Minipass and gulp), but can wait for ever when the stage closes by itself\n"
        "without an error: a Transform of node:stream in its place does not.\n"
        "A gulp task returns this promise; with a callback the error of a plugin\n"
        "would be lost.",
        shown=True,
    ),
    "not-owned": Reason(
        "a stage belongs to someone else and may live on after this chain",
        "pipeline() destroys every stage when one fails. If all are yours:\n"
        "  pipeline(source, …, destination, (err) => { … });\n"
        "If the destination is not:\n"
        "  await pipeline(source, destination, { end: false });\n"
        "If the source is not, keep .pipe and close the destination with it:\n"
        "  source.once('close', () => {\n"
        "    if (!source.readableEnded) destination.destroy();\n"
        "  });",
    ),
    "unknown-stage": Reason(
        "nothing in this file proves that every stage is a Node stream",
        "If they are, write pipeline(source, …, destination, (err) => { … }) from node:stream.",
    ),
    "fed-after": Reason(
        "a stage is fed or ended by hand after the chain, so waiting for it here would hang",
        "  const done = pipeline(source, destination);\n"
        "  done.catch(() => {});\n"
        "  … feed, and finalize without await: archive.finalize().catch(() => {});\n"
        "  try { await done; } catch (err) { source.destroy(); … }\n"
        "A file that an archive opened itself stays open when this fails: append a\n"
        "stream of your own, destroy it in that catch, and watch it with\n"
        "  finished(stream, (err) => { if (err) archive.destroy(err); });\n"
        "If others write to the destination, pipeline(…, { end: false }) keeps it.",
        shown=True,
    ),
    "close-continues": Reason(
        "code goes on when a stage has closed, as if that were success",
        "Behind a pipeline 'close' follows failure too. Move what the listener does behind\n"
        "await pipeline(…), then nothing of it happens after a failure.",
    ),
    "no-destroy": Reason(
        "the source's declared type has no destroy(), so closing it would not compile",
        "Type it as Readable of node:stream, or make the destination right before the chain:\n"
        "pipeline then destroys both.",
    ),
    "ended-by-hand": Reason(
        "other code ends the destination while the chain runs, a timer say",
        "  const signal = AbortSignal.timeout(ms);\n"
        "  try {\n"
        "    await pipeline(source, res, { end: false, signal });\n"
        "    res.end();\n"
        "  } catch (err) {\n"
        "    source.destroy();\n"
        "    if (!res.headersSent && !res.destroyed) { /* answer */ }\n"
        "    else res.destroy();\n"
        "  }\n"
        "Take the other end() away: an ended response looks whole to its reader,\n"
        "however little it got.",
    ),
    "value-used": Reason(
        "the value of the chain is used, so its consumer must learn about errors too",
        "pipeline(source, last, (err) => { … }) from node:stream gives the last stage\n"
        "back. Its consumer must use for await, pipeline or an 'error' listener: one that only\n"
        "listens to 'data' and 'end' would see silence where it crashed before.",
    ),
    "optional-chain": Reason(
        "the chain is skipped when a stage is missing",
        "Test first: if (source) await pipeline(source, destination).",
    ),
    "top-level-module": Reason(
        "the chain runs while the module is loaded, where nobody hears how it ends",
        "pipeline(source, …, destination) from node:stream/promises, without await and\n"
        "without a catch: a failure still ends the process. Only the last statement of a\n"
        "script that nobody imports may be awaited: whoever imports the module would wait\n"
        "too, and require() of a module that awaits at its top level fails.",
        shown=True,
    ),
    "conditional": Reason(
        "the chain is one operand of a condition",
        "Turn the condition into an if statement, then use pipeline in its branch.",
    ),
    "node-too-old": Reason(
        "the package supports Node below 18, where pipeline misses destinations that are gone",
        "Raise engines.node to >=18 (pass --node '>=18' to see what would change), or destroy\n"
        "the source by hand: destination.once('close', () => source.destroy()).",
    ),
    "upload": Reason(
        "the destination is a request, socket or child that others write to or answer from",
        "pipeline(source, destination, (err) => { … }) with a callback that tells a benign EPIPE\n"
        "from a failed upload.",
    ),
    "error-handler-answers": Reason(
        "an 'error' listener here does more than log, and would fire for other stages too",
        "Fold the listeners into one catch, and take them off the stages. In front of\n"
        "a response, where the answer must still be possible:\n"
        "  pipeline(source, res, { end: false }).then(() => res.end(), (err) => {\n"
        "    source.destroy();\n"
        "    if (!res.headersSent && !res.destroyed) { /* answer */ }\n"
        "    else res.destroy(err);\n"
        "  });",
    ),
    "long-lived-source": Reason(
        "the source need not end by itself, so awaiting it could hang what waits",
        "pipeline(source, destination).catch((err) => { … }) without await.",
    ),
    "executor-does-more": Reason(
        "the promise's executor does more than make the stages and pipe them",
        "Make the stages before the promise, then await pipeline(…) in its place; do the other\n"
        "work before or after it.",
    ),
    "handler-does-more": Reason(
        "a listener does more than settle the promise",
        "try { await pipeline(…); /* what 'finish' did */ } catch (err) { /* what 'error' did */ }",
    ),
    "settles-early": Reason(
        "the promise settles on something that is not the end of the last stage",
        "await pipeline(…) settles when the destination is closed. If the earlier event is what\n"
        "matters, keep the promise and reject it on 'close' as well.",
    ),
    "error-is-mapped": Reason(
        "the promise rejects with an error of its own making",
        "await pipeline(…).catch((err) => { throw wrapped(err); })",
    ),
    "wrapper-nested": Reason(
        "the chain runs in a callback inside the promise's executor",
        "Promisify the outer step first (await it), then await pipeline(…).",
    ),
    "wrapper-in-expression": Reason(
        "the promise is part of a larger expression and its executor declares variables",
        "Move the stages before the statement and use pipeline(…) where the promise stood.",
    ),
    "promise-not-native": Reason(
        "`Promise` is not the native one here",
        "Use the native promise that pipeline() of node:stream/promises gives.",
    ),
    "never-settles": Reason(
        "nothing in the executor resolves the promise when the copy is done",
        "await pipeline(…) and do what the listeners do after it.",
    ),
    "name-taken": Reason(
        "a variable of the executor has the name of one outside of it",
        "Rename it, then run unleak again.",
    ),
    "no-import-place": Reason(
        "there is no place in this file for an import of pipeline",
        "Import pipeline from node:stream/promises where the file loads its modules.",
    ),
    "stage-used-elsewhere": Reason(
        "a stage is used outside the chain, and pipeline() would change what that code sees",
        "If that code only reads from the stage, or looks at it, write pipeline(source, …,\n"
        "destination) and wait for it first: once it settles, every stage is destroyed.",
    ),
    "listener-elsewhere": Reason(
        "a stage has listeners outside of the promise, which would fire for other stages too",
        "Fold those listeners into what follows await pipeline(…), or into its catch.",
    ),
    "failure-unanswered": Reason(
        "the chain serves a request, and nothing here could answer when it fails",
        "pipeline(source, destination).then(() => { /* answer */ }, (err) => {\n"
        "  if (!res.headersSent && !res.destroyed) { res.statusCode = 500; res.end(); }\n"
        "});",
    ),
    "no-block": Reason(
        "the statement stands without braces, so its source cannot get a name",
        "Add braces, name the source, then pipeline(source, res).catch((err) => { … }).",
    ),
}
