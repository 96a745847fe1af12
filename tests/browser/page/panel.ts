/** The parts that the desk is made of. */

import { element } from "./element";

/** A part of the desk that shows some resources, and can show them anew. */
export interface Panel {
  card: HTMLElement;
  /** The collection that it shows. */
  kind: string;
  load: () => Promise<void>;
}

/** Makes a card with a heading. */
export function panel(title: string, ...contents: HTMLElement[]): HTMLElement {
  const id = crypto.randomUUID();
  return element("section", { class: "card", "aria-labelledby": id }, element("h2", { id }, title), ...contents);
}

/** Runs a load again after the one that goes on, once, however often it is asked for meanwhile. */
export function oneAtATime(load: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await load();
    } while (again);
  };
  return () => {
    if (running) again = true;
    else running = run().finally(() => (running = undefined));
    return running ?? Promise.resolve();
  };
}
