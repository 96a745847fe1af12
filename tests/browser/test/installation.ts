/** An installation of the server under test: a process, in a folder that goes with the test. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { until } from "./until";

export class Installation {
  /** Where it serves, `127.0.0.1:40123`; the same after each start. */
  address = "127.0.0.1:0";
  /** The token that it printed once, its first owner's. */
  ownerToken = "";
  private process: ChildProcess | undefined;

  private constructor(
    private readonly binary: string,
    private readonly folder: string,
    private readonly origin: string,
  ) {}

  /** Makes one, and serves it to pages of an origin. */
  static async make(binary: string, origin: string): Promise<Installation> {
    const made = new Installation(binary, await mkdtemp(join(tmpdir(), "attache-browser-")), origin);
    await made.start();
    return made;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** Starts the server, and waits until it serves. */
  async start(): Promise<void> {
    const settings = [
      "--data-folder",
      this.folder,
      "--listen",
      this.address,
      "--cors-origin",
      this.origin,
      "--log-format",
      "json",
    ];
    // Nothing of the caller's own settings may reach it.
    const started = spawn(this.binary, settings, { env: {}, stdio: ["ignore", "pipe", "pipe"] });
    this.process = started;
    createInterface(started.stdout).on("line", (line) => {
      this.ownerToken = /ATTACHE_TOKEN=(\S+)/.exec(line)?.[1] ?? this.ownerToken;
    });
    const log: string[] = [];
    await new Promise<void>((resolve, reject) => {
      started
        .once("error", reject)
        .once("exit", () => reject(new Error(`the server did not start:\n${log.join("\n")}`)));
      createInterface(started.stderr).on("line", (line) => {
        log.push(line);
        const { message, "server.address": address } = JSON.parse(line).fields;
        if (message !== "serving") return;
        this.address = address;
        resolve();
      });
    });
    await until("the first token", async () => this.ownerToken);
  }

  /** Ends the server: asked to (`SIGTERM`), or in the middle of what it does (`SIGKILL`). */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill(signal);
    await ended;
  }

  /** Has the server do nothing at all, without ending it, or go on. */
  freeze(frozen: boolean): void {
    this.process?.kill(frozen ? "SIGSTOP" : "SIGCONT");
  }

  /** Ends the server, and removes all that it kept. */
  async remove(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.folder, { recursive: true });
  }

  /** Waits for the mail with a code to an address, and gives the code of the latest. */
  async mailedCode(address: string): Promise<string> {
    return until(`a code for ${address}`, async () => {
      const outbox = join(this.folder, "outbox");
      const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith(".eml"));
      const mails = await Promise.all(names.sort().map((name) => readFile(join(outbox, name), "utf8")));
      const codes = mails.filter((mail) => recipient(mail) === address).map((mail) => code(plainText(mail)));
      return codes.filter(Boolean).at(-1);
    });
  }
}

function recipient(mail: string): string | undefined {
  return /^To:.*?([^\s<]+@[^\s>]+)/m.exec(mail)?.[1];
}

/** Reads the plain text of a mail, whichever way it is folded. */
function plainText(mail: string): string {
  const part = /Content-Type: text\/plain[^\0]*?\r\n\r\n([^\0]*?)\r\n--/.exec(mail);
  const [whole = "", body = ""] = part ?? [];
  if (/Content-Transfer-Encoding: base64/.test(whole)) return Buffer.from(body, "base64").toString("utf8");
  return body;
}

/** Finds the eight letters and digits of a code, in their two groups. */
function code(text: string): string | undefined {
  return /\b([0-9a-z]{4}-[0-9a-z]{4})\b/.exec(text)?.[1];
}
