/** Patience with a network that breaks. */

import { brokeOff } from "./refusal";

const SHORTEST_MS = 200;
const LONGEST_MS = 10_000;
const TRIES = 5;
/** A watch says something at least every 20 seconds; whoever hears nothing for much longer has lost it without being told. */
const SILENCE_MS = 45_000;

/** How long to wait before trying again, when it broke so many times in a row: half of it by chance, so that pages do not return together. */
export function pause(broken: number): Promise<void> {
  const longest = Math.min(SHORTEST_MS * 2 ** broken, LONGEST_MS);
  return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}

/** Makes a call that may safely be made twice (it carries a request id, or is idempotent) until there is an answer. */
export async function untilAnswered<T>(call: () => Promise<T>): Promise<T> {
  for (let broken = 0; ; broken++) {
    try {
      return await call();
    } catch (error) {
      if (!brokeOff(error) || broken + 1 === TRIES) throw error;
      await pause(broken);
    }
  }
}

/** A signal that comes when nothing was heard for too long. */
export function silence(): { signal: AbortSignal; heard: () => void } {
  const limit = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => limit.abort(), SILENCE_MS);
  };
  heard();
  return { signal: limit.signal, heard };
}
