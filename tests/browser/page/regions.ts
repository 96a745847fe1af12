/** The countries and territories that a form offers. */

import { locale, region } from "./words";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
/** What has a name in CLDR, and is no country or territory of ISO 3166-1. */
const OTHERS = new Set(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]);

/** Their codes, in the order of their names in the user's language. */
export function regionCodes(): string[] {
  const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const named = pairs.filter((code) => region(code) !== code && !OTHERS.has(code));
  // A code that another one has replaced becomes that one.
  const present = named.filter((code) => new Intl.Locale(`und-${code}`).region === code);
  return present.sort((one, other) => region(one).localeCompare(region(other), locale()));
}
