/** The public page of an event: its form, and the code that proves an address. Nobody signs in here. */

import { type JsonObject, fromJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";

import { type Form, type FormField, FormFieldKind } from "../gen/attache/v1/form_pb";
import {
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

/** What was typed and chosen, by the paths of the fields; it outlives a change of the language. */
const typed = new Map<string, string[]>();
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
  const asked = form.fields.map((one) => ({ one, drawn: field(localized(one.label), control(one), one.required) }));
  const sender = element("button", { type: "submit", class: "primary" }, words().register);
  const sheet = element("form", {}, ...asked.map(({ drawn }) => drawn), sender);
  const show = () => {
    const shown = new Set<string>();
    for (const { one, drawn } of asked) {
      drawn.hidden = !isShown(one, shown);
      if (!drawn.hidden) shown.add(one.id);
    }
  };
  show();
  sheet.addEventListener("input", show);
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

/** Whether a field is shown, given those before it that are. */
function isShown({ condition }: FormField, shown: Set<string>): boolean {
  if (!condition) return true;
  const answered = typed.get(`answers.${condition.field}`) ?? [];
  const fits = (value: string) => condition.anyOf.length === 0 || condition.anyOf.includes(value);
  return shown.has(condition.field) && answered.some(fits);
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Makes what is typed or chosen in, as the kind of the field says. */
function control(one: FormField): Control {
  const made = drawnAs(one);
  if (one.help) made.title = localized(one.help);
  write(made, typed.get(one.path) ?? []);
  made.addEventListener("input", () => typed.set(one.path, read(made)));
  return made;
}

function drawnAs({ path, kind, maxLength, options, choices, consentVersion }: FormField): Control {
  const select = (offered: [string, string][], multiple = false) =>
    element(
      "select",
      { name: path, multiple },
      ...(multiple ? [] : [element("option", { value: "" }, words().choose)]),
      ...offered.map(([value, label]) => element("option", { value }, label)),
    );
  const offered = choices.map(({ id, label }): [string, string] => [id, localized(label)]);
  const input = (type: string) => element("input", { name: path, type, maxlength: maxLength || undefined });
  switch (kind) {
    case FormFieldKind.REGION:
      return select(regionCodes().map((code) => [code, region(code)]));
    case FormFieldKind.LANGUAGE:
      return options.length > 0 ? select(options.map((code) => [code, language(code)])) : input("text");
    case FormFieldKind.CHOICE:
      return select(offered);
    case FormFieldKind.CHOICES:
      return select(offered, true);
    case FormFieldKind.CONSENT:
      return element("input", { name: path, type: "checkbox", value: consentVersion });
    case FormFieldKind.LONG_TEXT:
      return element("textarea", { name: path, maxlength: maxLength || undefined });
    case FormFieldKind.EMAIL:
      return input("email");
    case FormFieldKind.PHONE:
      return input("tel");
    case FormFieldKind.DATE:
      return input("date");
    default:
      return input("text");
  }
}

function read(made: Control): string[] {
  if (made instanceof HTMLSelectElement) return Array.from(made.selectedOptions, ({ value }) => value).filter(Boolean);
  if (made.type === "checkbox" && !(made as HTMLInputElement).checked) return [];
  return made.value ? [made.value] : [];
}

function write(made: Control, values: string[]): void {
  if (made instanceof HTMLSelectElement) {
    for (const option of Array.from(made.options)) option.selected = values.includes(option.value);
  } else if (made instanceof HTMLInputElement && made.type === "checkbox") {
    made.checked = values.includes(made.value);
  } else {
    made.value = values[0] ?? "";
  }
}

/** Makes `{person: {passport_name: {given_name: "…"}}}` of `person.passport_name.given_name`, and an answer of `answers.diet`. */
function nested(values: Map<string, string[]>): JsonObject {
  const answers: JsonObject[] = [];
  const whole: JsonObject = { answers };
  for (const [path, several] of values) {
    if (path.startsWith("answers.")) {
      answers.push({ field: path.slice("answers.".length), values: several });
      continue;
    }
    const value = several[0];
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
