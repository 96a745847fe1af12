/** The page: what its address asks for, in the user's language. */

import { access, signIn } from "./api";
import { choosing, desk } from "./desk";
import { button, element } from "./element";
import { entering } from "./entering";
import { registering } from "./registering";
import { session } from "./session";
import { locale, words } from "./words";

let shown = new AbortController();

/** Shows what the address asks for: a public form, or for members an event or all of theirs. */
async function show(): Promise<void> {
  shown.abort();
  shown = new AbortController();
  const asked = location.hash.replace(/^#\//, "");
  document.documentElement.lang = locale();
  document.title = words().product;
  const main = element("main", { id: "main", tabindex: -1 });
  document.body.replaceChildren(bar(), main);
  if (asked.includes("/categories/")) await registering(main, asked);
  else if (!session.token) entering(main, show);
  else if (asked) await desk(main, asked, shown.signal);
  else await choosing(main);
}

function bar(): HTMLElement {
  const language = button(words().otherLanguage, async () => {
    session.language = session.language === "zh" ? "en" : "zh";
    await show();
  });
  language.lang = session.language === "zh" ? "en" : "zh-CN";
  const out = button(words().signOut, async () => {
    await signIn.signOut({}).catch(() => {});
    session.token = "";
    await show();
  });
  const user = element("span", { class: "user" });
  if (session.token)
    void access.whoAmI({}).then(
      ({ displayName }) => user.append(displayName),
      () => {},
    );
  return element(
    "header",
    { class: "bar" },
    element("a", { class: "brand", href: "#/" }, words().product),
    user,
    ...(session.token ? [out] : []),
    language,
  );
}

addEventListener("hashchange", () => void show());
await show();
