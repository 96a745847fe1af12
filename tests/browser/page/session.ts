/** What this tab knows of its user: the token they signed in with, and the language they read. */

export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const TOKEN = "attache.token";

export const session = {
  language: (navigator.language.startsWith("zh") ? "zh" : "en") as Language,

  /** The token ends with the tab, if the server has not ended it before. */
  get token(): string {
    return sessionStorage.getItem(TOKEN) ?? "";
  },
  set token(secret: string) {
    if (secret) sessionStorage.setItem(TOKEN, secret);
    else sessionStorage.removeItem(TOKEN);
  },
};
