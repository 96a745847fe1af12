/** A watch that outlives its streams. */

import { type Change } from "../gen/attache/v1/audit_service_pb";
import { pause, silence } from "./again";
import { audit } from "./api";
import { brokeOff } from "./refusal";

/** Tells every change of an event once and in order, from the first one on, whatever breaks the stream in between. */
export async function* changesOf(
  parent: string,
  signal: AbortSignal,
  live: (now: boolean) => void,
): AsyncGenerator<Change> {
  let cursor = "start";
  for (let broken = 0; !signal.aborted;) {
    const quiet = silence();
    try {
      const either = AbortSignal.any([signal, quiet.signal]);
      for await (const told of audit.watchChanges({ parent, cursor }, { signal: either })) {
        quiet.heard();
        [cursor, broken] = [told.cursor, 0];
        live(true);
        if (told.change) yield told.change;
      }
    } catch (error) {
      if (signal.aborted) return;
      live(false);
      if (!brokeOff(error)) throw error;
      await pause(broken++);
    }
  }
}
