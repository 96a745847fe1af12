/** The public page of an event: its form, and the code that proves an address. Nobody signs in here. */

import { type JsonObject, fromJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";

import {
  type Form,
  type FormField,
  FormFieldKind,
  type PublicEvent,
  PublicCategoryState,
  type SubmitRegistrationResponse,
  SubmitRegistrationRequestSchema,
} from "../gen/attache/v1/public_service_pb";
import { RegistrationState } from "../gen/attache/v1/registration_service_pb";
import { alertBox, tried } from "./alert";
import { visitors } from "./api";
import { button, element, field, onSubmit } from "./element";
import { regionCodes } from "./regions";
import { statePill } from "./table";
import { language, localized, period, region, timeOfDay, words } from "./words";

/** What was typed, by the paths of the fields; it outlives a change of the language. */
const typed = new Map<string, string>();
/** What was sent and waits for its code, by category. */
const sent = new Map<string, SubmitRegistrationResponse>();

/** Shows the form of a category, and takes it in. */
export async function registering(main: HTMLElement, category: string): Promise<void> {
  const box = alertBox();
  main.append(box);
  await tried(box, async () => {
    const event = category.split("/categories/")[0];
    const [shown, form] = await Promise.all([
      visitors.getPublicEvent({ name: event }),
      visitors.getForm({ name: category }),
    ]);
    const place = element("section", { class: "card narrow" });
    main.prepend(heading(shown), place);
    fill(place, shown, form);
  });
}

function heading({ title, startTime, endTime, venue, controllerTitle, contactEmail }: PublicEvent): HTMLElement {
  const [from, until] = [startTime?.instantTime, endTime?.instantTime];
  const zone = startTime?.timeZone ?? "UTC";
  const when = from && until ? period(timestampDate(from), timestampDate(until), zone) : "";
  return element(
    "header",
    { class: "narrow" },
    element("h1", {}, localized(title)),
    element("p", {}, when),
    element("p", {}, [localized(venue?.title), venue?.city].filter(Boolean).join(" · ")),
    element("p", { class: "quiet" }, words().answers, localized(controllerTitle)),
    element("p", { class: "quiet" }, words().contact, element("a", { href: `mailto:${contactEmail}` }, contactEmail)),
  );
}

function fill(place: HTMLElement, event: PublicEvent, form: Form): void {
  const category = event.categories.find(({ name }) => name === form.category);
  const title = element("h2", {}, `${words().register} · ${localized(category?.title)}`);
  if (!event.registrationOpen) {
    place.replaceChildren(title, element("p", {}, words().closed));
    return;
  }
  const submission = sent.get(form.category);
  if (submission) {
    prove(place, event, form, submission);
    return;
  }
  const box = alertBox();
  const controls = form.fields.map((one) => field(localized(one.label), control(one), one.required));
  const sender = element("button", { type: "submit", class: "primary" }, words().register);
  const sheet = element("form", {}, ...controls, sender);
  const full = category?.state === PublicCategoryState.FULL;
  place.replaceChildren(title, ...(full ? [element("p", { class: "notice" }, words().full)] : []), box, sheet);
  onSubmit(sheet, async () => {
    const send = async () => {
      const request = fromJson(SubmitRegistrationRequestSchema, { parent: form.category, ...nested(typed) });
      sent.set(form.category, await visitors.submitRegistration(request));
      fill(place, event, form);
    };
    await tried(box, send, sheet);
  });
}

/** Makes what is typed or chosen in, as the kind of the field says. */
function control({ path, kind, maxLength, options }: FormField): HTMLElement {
  const choices: Record<number, () => [string, string][]> = {
    [FormFieldKind.REGION]: () => regionCodes().map((code) => [code, region(code)]),
    [FormFieldKind.LANGUAGE]: () => options.map((code) => [code, language(code)]),
  };
  const types: Record<number, string> = { [FormFieldKind.EMAIL]: "email", [FormFieldKind.PHONE]: "tel" };
  const offered = choices[kind]?.();
  const made = offered
    ? element(
        "select",
        { name: path },
        element("option", { value: "" }, words().choose),
        ...offered.map(([value, label]) => element("option", { value }, label)),
      )
    : element("input", { name: path, type: types[kind] ?? "text", maxlength: maxLength || undefined });
  made.value = typed.get(path) ?? "";
  made.addEventListener("input", () => typed.set(path, made.value));
  return made;
}

/** Makes `{person: {passport_name: {given_name: "…"}}}` of `person.passport_name.given_name`. */
function nested(values: Map<string, string>): JsonObject {
  const whole: JsonObject = {};
  for (const [path, value] of values) {
    const steps = path.split(".");
    const last = steps.pop() ?? path;
    let inner = whole;
    for (const step of steps) inner = (inner[step] ??= {}) as JsonObject;
    if (value) inner[last] = value;
  }
  return whole;
}

/** Asks for the mailed code, and makes the registration with it. */
function prove(
  place: HTMLElement,
  event: PublicEvent,
  form: Form,
  { name, expireTime }: SubmitRegistrationResponse,
): void {
  const box = alertBox();
  const code = element("input", { name: "code", autocomplete: "one-time-code", spellcheck: "false", class: "code" });
  const sender = element("button", { type: "submit", class: "primary" }, words().confirmAddress);
  const back = button(words().back, async () => {
    sent.delete(form.category);
    fill(place, event, form);
  });
  const sheet = element("form", {}, field(words().code, code, true), element("div", { class: "row" }, sender, back));
  const until = expireTime ? timeOfDay(timestampDate(expireTime), "short") : "";
  place.replaceChildren(
    element("h2", {}, words().confirmAddress),
    element("p", {}, words().confirmHint, until),
    box,
    sheet,
  );
  code.focus();
  onSubmit(sheet, async () => {
    const send = async () => {
      const { registration, state } = await visitors.confirmSubmission({ name, code: code.value });
      sent.delete(form.category);
      typed.clear();
      thank(place, registration, state);
    };
    await tried(box, send, sheet);
  });
}

function thank(place: HTMLElement, registration: string, state: RegistrationState): void {
  const title = element("h2", { tabindex: -1 }, words().registered);
  const reference = element("code", {}, registration.split("/").at(-1) ?? registration);
  place.replaceChildren(
    title,
    element("p", {}, statePill(RegistrationState[state])),
    element("p", {}, words().reference, reference),
  );
  title.focus();
}
