/** The registrations of an event, decided one by one. */

import { type Registration, RegistrationState, RegistrationView } from "../gen/attache/v1/registration_service_pb";
import { alertBox, tried } from "./alert";
import { untilAnswered } from "./again";
import { registrations } from "./api";
import { button, element } from "./element";
import { everyPage } from "./pages";
import { type Panel, oneAtATime, panel } from "./panel";
import { statePill, table } from "./table";
import { words } from "./words";

/** What every decision is asked with. */
type Asked = { name: string; etag: string; requestId: string };

/** Shows them, with what can be decided. */
export function deciding(event: string): Panel {
  const [loading, deciding] = [alertBox(), alertBox()];
  const place = element("div");
  const load = oneAtATime(async () => {
    await tried(loading, async () => {
      const view = RegistrationView.FULL;
      const pages = await everyPage((pageToken) => registrations.listRegistrations({ parent: event, view, pageToken }));
      const rows = pages.flatMap((page) => page.registrations).map((one) => row(one, deciding, load));
      const heads = [words().person, words().affiliation, words().state, words().actions];
      place.replaceChildren(table(heads, rows, words().noRegistrations));
    });
  });
  return { card: panel(words().registrations, loading, deciding, place), kind: "registrations", load };
}

function row(registration: Registration, box: HTMLElement, load: () => Promise<void>): (Node | string)[] {
  const { name, etag, state, embeddedPerson: person } = registration;
  const who = person?.displayName ?? "";
  const decision = (label: string, look: string, decide: (asked: Asked) => Promise<unknown>) => {
    const press = async () => {
      const asked = { name, etag, requestId: crypto.randomUUID() };
      await tried(box, () => untilAnswered(() => decide(asked)));
      await load();
    };
    return button(label, press, { class: look, "aria-label": `${label}: ${who}` });
  };
  const confirm = decision(words().confirm, "primary", registrations.confirmRegistration);
  const reject = decision(words().reject, "plain", registrations.rejectRegistration);
  const open =
    { [RegistrationState.SUBMITTED]: [confirm, reject], [RegistrationState.WAITING]: [reject] }[state as number] ?? [];
  return [
    element("div", {}, element("strong", {}, who), element("span", { class: "second" }, person?.nativeName ?? "")),
    element("div", {}, person?.affiliation ?? "", element("span", { class: "second" }, person?.email ?? "")),
    statePill(RegistrationState[state]),
    element("div", { class: "actions" }, ...open),
  ];
}
