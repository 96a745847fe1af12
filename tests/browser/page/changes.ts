/** What happens in an event, as it happens. */

import { timestampDate } from "@bufbuild/protobuf/wkt";

import { type Change } from "../gen/attache/v1/audit_service_pb";
import { alertBox, tried } from "./alert";
import { element } from "./element";
import { panel } from "./panel";
import { changesOf } from "./watch";
import { term, timeOfDay, words } from "./words";

/** Shows every change, the latest first, and tells the kind of what was changed. */
export function watching(event: string, signal: AbortSignal, changed: (kind: string) => void): HTMLElement {
  const box = alertBox();
  const list = element("ol", { class: "changes", reversed: true });
  const state = element("p", { class: "stream", role: "status" });
  const live = (now: boolean) => {
    state.textContent = now ? words().live : words().lost;
    state.classList.toggle("live", now);
  };
  void tried(box, async () => {
    for await (const change of changesOf(event, signal, live)) {
      list.prepend(item(change));
      changed(kindOf(change));
    }
  });
  const card = panel(words().changes, state, box, list);
  card.classList.add("aside");
  return card;
}

function item({ name, resource, verb, createTime }: Change): HTMLElement {
  const when = createTime ? timestampDate(createTime) : new Date();
  return element(
    "li",
    { "data-change": name },
    element("time", { datetime: when.toISOString() }, timeOfDay(when, "medium")),
    element("span", { title: resource }, `${term(kindOf({ resource }))} · ${term(verb)}`),
  );
}

/** The collection of what was changed: `letters` of `events/a/letters/b`. */
function kindOf({ resource }: Pick<Change, "resource">): string {
  return resource.split("/").at(-2) ?? resource;
}
