/** The visa letters of an event: approved, issued, opened. */

import { JobState } from "../gen/attache/v1/job_service_pb";
import { type Letter, LetterState } from "../gen/attache/v1/letter_service_pb";
import { alertBox, tried } from "./alert";
import { untilAnswered } from "./again";
import { files, jobs, letters, persons } from "./api";
import { button, element } from "./element";
import { everyPage } from "./pages";
import { type Panel, oneAtATime, panel } from "./panel";
import { statePill, table } from "./table";
import { region, words } from "./words";

/** Shows them, with what comes next for each. */
export function inviting(event: string): Panel {
  const [loading, acting] = [alertBox(), alertBox()];
  const place = element("div");
  const names = new Map<string, string>();
  const load = oneAtATime(async () => {
    await tried(loading, async () => {
      const pages = await everyPage((pageToken) => letters.listLetters({ parent: event, pageToken }));
      const listed = pages.flatMap((page) => page.letters);
      const unknown = new Set(listed.map(({ person }) => person).filter((person) => !names.has(person)));
      await Promise.all(
        [...unknown].map(async (name) => names.set(name, (await persons.getPerson({ name })).displayName)),
      );
      const rows = listed.map((letter) => row(letter, names.get(letter.person) ?? "", acting, load));
      const heads = [words().person, words().number, words().state, words().actions];
      place.replaceChildren(table(heads, rows, words().noLetters));
    });
  });
  return { card: panel(words().letters, loading, acting, place), kind: "letters", load };
}

function row(letter: Letter, who: string, box: HTMLElement, load: () => Promise<void>): (Node | string)[] {
  const { name, etag, state, number, regionCode, file } = letter;
  const act = (label: string, deed: () => Promise<unknown>) => {
    const press = async () => {
      await tried(box, deed);
      await load();
    };
    return button(label, press, { class: "primary", "aria-label": `${label}: ${who}` });
  };
  const next = {
    [LetterState.REQUESTED]: () => act(words().approve, () => approve(name, etag)),
    [LetterState.APPROVED]: () => act(words().issue, () => issue(name)),
    [LetterState.ISSUED]: () => act(words().savePdf, () => save(file)),
  }[state as number];
  return [
    element(
      "div",
      {},
      element("strong", {}, who),
      element("span", { class: "second" }, `${words().destination} ${region(regionCode)}`),
    ),
    element("code", {}, number || "–"),
    statePill(LetterState[state]),
    element("div", { class: "actions" }, ...(next ? [next()] : [])),
  ];
}

function approve(name: string, etag: string): Promise<Letter> {
  const requestId = crypto.randomUUID();
  return untilAnswered(() => letters.approveLetter({ name, etag, requestId }));
}

/** Has a letter issued, and waits until the job has ended. */
async function issue(name: string): Promise<void> {
  const requestId = crypto.randomUUID();
  const parent = name.split("/letters/")[0];
  const begun = await untilAnswered(() => letters.issueLetters({ parent, names: [name], requestId }));
  let job = begun;
  while (job.state === JobState.RUNNING) {
    await untilAnswered(async () => {
      for await (const told of jobs.watchJob({ name: begun.name })) job = told;
    });
  }
}

/** Has the browser save a file, by a link that is good for a short while and needs no token. */
async function save(name: string): Promise<void> {
  const { uri } = await files.createDownloadLink({ name });
  // The answer is an attachment: the page stays.
  location.assign(uri);
}
