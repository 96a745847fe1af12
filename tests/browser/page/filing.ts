/** Files of an event: one is chosen, and uploaded piece by piece. */

import { alertBox, tried } from "./alert";
import { element } from "./element";
import { type Panel, panel } from "./panel";
import { upload } from "./upload";
import { words } from "./words";

/** Shows the files that this tab uploaded. */
export function filing(event: string): Panel {
  const box = alertBox();
  const list = element("ul", { class: "files" });
  const chooser = element("input", { type: "file", name: "file" });
  const label = element("label", { class: "chooser" }, words().chooseFile, chooser);
  chooser.addEventListener("change", async () => {
    for (const chosen of chooser.files ?? []) {
      const bar = element("progress", { max: 1, value: 0, "aria-label": words().uploading });
      const state = element("span", { class: "quiet" }, words().uploading);
      list.append(element("li", {}, element("strong", {}, chosen.name), bar, state));
      await tried(box, async () => {
        const { digest } = await upload(event, chosen, (share) => (bar.value = share));
        state.replaceChildren(words().uploaded, " ", element("code", {}, digest.slice(0, 12)));
      });
    }
    chooser.value = "";
  });
  return { card: panel(words().files, box, label, list), kind: "files", load: async () => {} };
}
