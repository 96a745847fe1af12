/** Elements of the page. Text is always text here, never HTML: what people typed stays what it is. */

type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element of attributes and contents; an attribute that is false is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...contents: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...contents);
  return made;
}

/** Makes a button; while what it does goes on it cannot be pressed again. */
export function button(label: string, act: () => Promise<void>, attributes: Attributes = {}): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", async () => {
    made.disabled = true;
    await act().finally(() => (made.disabled = false));
  });
  return made;
}

/** Has a form do something when it is sent; it cannot be sent again meanwhile. */
export function onSubmit(form: HTMLFormElement, act: () => Promise<void>): void {
  // The server checks the fields, all at once and in the user's language.
  form.noValidate = true;
  form.addEventListener("submit", async (sent) => {
    sent.preventDefault();
    const sender = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (!sender || sender.disabled) return;
    sender.disabled = true;
    await act().finally(() => (sender.disabled = false));
  });
}

/** Makes a field with its label, and room for what is wrong with it. */
export function field(label: string, control: HTMLElement, required = false): HTMLElement {
  const id = `field-${control.getAttribute("name")}`;
  control.id = id;
  control.setAttribute("aria-describedby", `${id}-wrong`);
  if (required) control.setAttribute("aria-required", "true");
  const mark = required ? [element("span", { class: "required", "aria-hidden": "true" }, "*")] : [];
  return element(
    "div",
    { class: "field" },
    element("label", { for: id }, label, ...mark),
    control,
    element("p", { class: "wrong", id: `${id}-wrong` }),
  );
}
