/** An event as its organisers work on it: registrations, letters, files, and what happens meanwhile. */

import { alertBox, tried } from "./alert";
import { events } from "./api";
import { watching } from "./changes";
import { deciding } from "./deciding";
import { element } from "./element";
import { filing } from "./filing";
import { inviting } from "./inviting";
import { everyPage } from "./pages";
import { localized, words } from "./words";

/** Lists the events that the user may see. */
export async function choosing(main: HTMLElement): Promise<void> {
  const box = alertBox();
  const list = element("ul", { class: "events" });
  main.append(element("section", { class: "card narrow" }, element("h1", {}, words().events), box, list));
  await tried(box, async () => {
    const pages = await everyPage((pageToken) => events.listEvents({ pageToken }));
    for (const { name, title } of pages.flatMap((page) => page.events)) {
      list.append(element("li", {}, element("a", { href: `#/${name}` }, localized(title))));
    }
  });
}

/** Shows an event, live until the signal. */
export async function desk(main: HTMLElement, event: string, signal: AbortSignal): Promise<void> {
  const box = alertBox();
  main.append(box);
  await tried(box, async () => {
    const { title } = await events.getEvent({ name: event });
    const panels = [deciding(event), inviting(event), filing(event)];
    const changes = watching(event, signal, (kind) => panels.find((panel) => panel.kind === kind)?.load());
    main.append(
      element("h1", {}, localized(title)),
      element("div", { class: "desk" }, element("div", {}, ...panels.map(({ card }) => card)), changes),
    );
    await Promise.all(panels.map(({ load }) => load()));
  });
}
