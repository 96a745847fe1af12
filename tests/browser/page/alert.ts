/** Refusals, shown where the user looks: at the fields that are wrong, and above what they wanted to do. */

import { element } from "./element";
import { refusal } from "./refusal";
import { session } from "./session";
import { words } from "./words";

/** A place for one refusal; a reader of the screen says it when it changes. */
export function alertBox(): HTMLElement {
  return element("div", { class: "alert", role: "alert", hidden: true });
}

/** Does what may be refused, and shows the refusal until the next try with the same box. */
export async function tried(box: HTMLElement, act: () => Promise<unknown>, form?: HTMLFormElement): Promise<void> {
  box.hidden = true;
  const marked = form?.querySelectorAll("[aria-invalid]") ?? [];
  for (const control of marked) mark(control, "");
  try {
    await act();
  } catch (error) {
    const { reason, text, fields } = refusal(error);
    if (reason === "ERROR_REASON_TOKEN_INVALID") {
      session.token = "";
      dispatchEvent(new Event("hashchange"));
      return;
    }
    box.textContent = text || words().unreachable;
    box.dataset.reason = reason;
    box.hidden = false;
    const controls = [...fields].map(([path, wrong]) => mark(form?.elements.namedItem(path), wrong));
    controls.find((control) => control)?.focus();
  }
}

/** Shows what is wrong with a field, or that nothing is. */
function mark(control: unknown, wrong: string): HTMLElement | undefined {
  if (!(control instanceof HTMLElement)) return undefined;
  if (wrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  const place = document.getElementById(`${control.id}-wrong`);
  if (place) place.textContent = wrong;
  return control;
}
