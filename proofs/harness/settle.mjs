// When is a scenario over? Not after a fixed sleep: when nothing moves any more.
import fs from 'node:fs/promises';

const CLEAN_TURNS = 4; // nothing is left: look a few turns longer for a late crash
const LEAK_TURNS = 12; // something is left: be sure that it stays
const LEAK_STILL = 250; // milliseconds

/** A pause that does not keep the process alive. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());

let ours = 0; // stats in flight of all who wait here: a scenario may wait several times at once

// The stat waits its turn in the thread pool behind closes in flight.
async function turn(directory) {
  await pause(10);
  ours += 1;
  await fs.stat(directory).catch(() => {});
  ours -= 1;
  await new Promise(setImmediate);
}

// File system requests and timers of the subject still on their way. Our own timers are unref'd
// and not listed.
function busy() {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name === 'Timeout' || name.startsWith('FSReq') || name === 'GetAddrInfoReqWrap')
    .length > ours;
}

/**
 * Waits until nothing moves or `deadline` ms are over, counted from the last thing that moved and
 * four times that in all, so that a slow machine is no leak; resolves true when it became quiet.
 * `look()` returns `{ left, signature }`: how much is open, and all that can change.
 */
export async function settle(look, { directory, deadline, still = LEAK_STILL }) {
  const lastCall = performance.now() + 4 * deadline;
  let end = performance.now() + deadline;
  let last = null;
  let since = performance.now();
  let turns = 0;
  for (;;) {
    await turn(directory);
    const now = performance.now();
    const { left, signature } = look();
    if (signature !== last || busy()) {
      last = signature;
      since = now;
      end = Math.min(now + deadline, lastCall);
      turns = 0;
    } else {
      turns += 1;
    }
    const [enough, ms] = left > 0 ? [LEAK_TURNS, still] : [CLEAN_TURNS, 0];
    if (turns >= enough && now - since >= ms) return true;
    if (now > end) return false;
  }
}

/**
 * Resolves when `look()` has said the same for `limit` ms, or after four times that, however it
 * moves: a slow machine does not hang.
 */
export async function stands(look, limit) {
  const lastCall = performance.now() + 4 * limit;
  let end = performance.now() + limit;
  let last = look();
  while (performance.now() < Math.min(end, lastCall)) {
    await pause(Math.min(100, limit / 10));
    const now = look();
    if (now !== last) end = performance.now() + limit;
    last = now;
  }
}
