/** Tables of resources. */

import { element } from "./element";
import { term } from "./words";

/** Makes a table, or says that there is nothing in it. */
export function table(heads: string[], rows: (Node | string)[][], nothing: string): HTMLElement {
  if (rows.length === 0) return element("p", { class: "quiet" }, nothing);
  const head = element("tr", {}, ...heads.map((label) => element("th", { scope: "col" }, label)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

/** Shows where something stands. */
export function statePill(state = ""): HTMLElement {
  return element("span", { class: `pill ${state}` }, term(state));
}
