/** The way in for members: a code that is mailed to them. */

import { timestampDate } from "@bufbuild/protobuf/wkt";

import { alertBox, tried } from "./alert";
import { signIn } from "./api";
import { button, element, field, onSubmit } from "./element";
import { session } from "./session";
import { timeOfDay, words } from "./words";

/** Where the code was mailed, and until when it is good; it outlives a change of the language. */
let mailed: { email: string; until: Date } | undefined;

/** Asks for an address, then for the code that is mailed there; `done` when they are in. */
export function entering(main: HTMLElement, done: () => void): void {
  const place = element("section", { class: "card narrow" });
  main.append(place);
  ask(place, done);
}

function ask(place: HTMLElement, done: () => void): void {
  const box = alertBox();
  const [hint, sheet] = mailed ? codeForm(place, box, mailed, done) : addressForm(place, box, done);
  place.replaceChildren(element("h1", {}, words().signIn), element("p", { class: "quiet" }, hint), box, sheet);
  place.querySelector("input")?.focus();
}

function addressForm(place: HTMLElement, box: HTMLElement, done: () => void): [hint: string, HTMLFormElement] {
  const email = element("input", { name: "email", type: "email", autocomplete: "username" });
  const sender = element("button", { type: "submit", class: "primary" }, words().sendCode);
  const sheet = element("form", {}, field(words().email, email, true), sender);
  const send = async () => {
    const { expireTime } = await signIn.requestSignIn({ email: email.value });
    mailed = { email: email.value, until: expireTime ? timestampDate(expireTime) : new Date() };
    ask(place, done);
  };
  onSubmit(sheet, () => tried(box, send, sheet));
  return [words().signInHint, sheet];
}

function codeForm(
  place: HTMLElement,
  box: HTMLElement,
  { email, until }: { email: string; until: Date },
  done: () => void,
): [hint: string, HTMLFormElement] {
  const code = element("input", { name: "code", autocomplete: "one-time-code", spellcheck: "false", class: "code" });
  const sender = element("button", { type: "submit", class: "primary" }, words().signIn);
  const back = button(words().back, async () => {
    mailed = undefined;
    ask(place, done);
  });
  const sheet = element("form", {}, field(words().code, code, true), element("div", { class: "row" }, sender, back));
  const send = async () => {
    session.token = (await signIn.completeSignIn({ email, code: code.value })).secret;
    mailed = undefined;
    done();
  };
  onSubmit(sheet, () => tried(box, send, sheet));
  return [words().codeHint + timeOfDay(until, "short"), sheet];
}
