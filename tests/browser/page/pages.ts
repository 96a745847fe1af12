/** Lists, which come in pages. */

/** Asks for page after page, until there is none. */
export async function everyPage<P extends { nextPageToken: string }>(
  ask: (pageToken: string) => Promise<P>,
): Promise<P[]> {
  const pages: P[] = [];
  do pages.push(await ask(pages.at(-1)?.nextPageToken ?? ""));
  while (pages.at(-1)?.nextPageToken);
  return pages;
}
