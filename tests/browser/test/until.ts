/** Waits on conditions. */

import { setTimeout as rest } from "node:timers/promises";

const LONGEST_MS = 20_000;
const BETWEEN_MS = 25;

/** Waits until there is something, and gives it. */
export async function until<T>(what: string, look: () => Promise<T | undefined | null | false | "">): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() - begun > LONGEST_MS) throw new Error(`waited in vain for ${what}`);
    await rest(BETWEEN_MS);
  }
}
