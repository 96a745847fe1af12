/**
 * Drives the page in headless Chromium, from an origin of its own, against a real server.
 *
 * browser.test.js --server PATH [--chromium PATH] [--screenshots FOLDER]
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseArgs } from "node:util";

import { type Browser, type Page, chromium } from "playwright-core";

import { AccessService } from "../gen/attache/v1/access_service_pb";
import { AuditService } from "../gen/attache/v1/audit_service_pb";
import { FileService } from "../gen/attache/v1/file_service_pb";
import { PublicService } from "../gen/attache/v1/public_service_pb";
import { RegistrationService, RegistrationState } from "../gen/attache/v1/registration_service_pb";
import { Installation } from "./installation";
import { CATEGORY, EVENT, ORGANIZER, PASSPORT_NUMBER, TRAVELLER, caller, prepare, register } from "./preparation";
import { type Site, serveSite } from "./site";
import { until } from "./until";

const { values: given } = parseArgs({
  options: {
    server: { type: "string" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    screenshots: { type: "string" },
  },
});

const VISITOR = { name: "Li Xiuying", nativeName: "李秀英", email: "li.xiuying@example.com" };
/** How many pictures were asked for; they are numbered in the order of the story. */
let pictures = 0;
/** Whether a step failed, and those after it have nothing to stand on. */
let broken = false;

let site: Site;
let stranger: Site;
let installation: Installation;
let browser: Browser;
let visitor: Page;
let organizer: Page;
/** Calls as the first owner. */
let owner: ReturnType<typeof caller>;
const thrown: string[] = [];

before(async () => {
  assert.ok(given.server, "--server says where the server's binary is");
  [site, stranger] = await Promise.all([serveSite("build/page"), serveSite("build/page")]);
  installation = await Installation.make(given.server, site.origin);
  site.settings.server = stranger.settings.server = installation.url;
  owner = caller(installation.url, installation.ownerToken);
  await prepare(owner);
  if (given.screenshots) await mkdir(given.screenshots, { recursive: true });
  const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  browser = await chromium.launch({ executablePath: given.chromium, args: ["--disable-gpu", ...quiet] });
  [visitor, organizer] = [await openPage("zh-CN"), await openPage("en-GB")];
});

after(async () => {
  await browser?.close();
  await installation?.remove();
  site?.close();
  stranger?.close();
});

async function openPage(locale: string): Promise<Page> {
  const context = await browser.newContext({
    locale,
    viewport: { width: 1200, height: 860 },
    timezoneId: "Asia/Shanghai",
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => thrown.push(String(error)));
  return page;
}

/** One step of the story. */
function step(name: string, run: () => Promise<void>): void {
  test(name, { timeout: 60_000 }, async (t) => {
    if (broken) return t.skip("an earlier step failed");
    broken = true;
    await run();
    broken = false;
  });
}

async function picture(page: Page, name: string): Promise<void> {
  pictures += 1;
  if (!given.screenshots) return;
  const path = join(given.screenshots, `${String(pictures).padStart(2, "0")}-${name}.png`);
  await page.screenshot({ path, fullPage: true });
}

/** The refusal that the page shows, as its reason, and in its words. */
async function refused(page: Page): Promise<[reason: string | null, text: string | null]> {
  const box = page.locator("[role=alert]:visible");
  await box.waitFor();
  return [await box.getAttribute("data-reason"), await box.textContent()];
}

step("form is shown in Chinese and in English", async () => {
  const { fields } = await caller(installation.url)(PublicService).getForm({ name: CATEGORY });
  const shown = async () => (await visitor.locator("label").allTextContents()).map((label) => label.replace("*", ""));

  await visitor.goto(`${site.origin}/#/${CATEGORY}`);
  await visitor.getByRole("heading", { name: "冷链技术论坛" }).waitFor();
  const chinese = await shown();
  await picture(visitor, "form-chinese");
  await visitor.getByRole("button", { name: "English" }).click();
  await visitor.getByRole("heading", { name: "Cold-Chain Technology Forum" }).waitFor();
  const english = await shown();
  await picture(visitor, "form-english");

  assert.deepEqual(
    chinese,
    fields.map(({ label }) => label?.zh),
  );
  assert.deepEqual(
    english,
    fields.map(({ label }) => label?.en),
  );
  assert.equal(await visitor.locator("html").getAttribute("lang"), "en-GB");
});

step("wrong form is refused at its fields, in Chinese, and keeps what was typed", async () => {
  await visitor.getByLabel("Name in your own script").fill(VISITOR.nativeName);
  await visitor.getByLabel("E-mail address").fill("nobody");
  await visitor.getByRole("button", { name: "中文" }).click();

  await visitor.getByRole("button", { name: "报名" }).click();
  const [reason, text] = await refused(visitor);
  await picture(visitor, "form-refused");

  assert.deepEqual([reason, text], ["ERROR_REASON_INVALID_FIELDS", "填写有误或未填写。"]);
  const wrong = visitor.locator("[aria-invalid=true]");
  const fields = await wrong.evaluateAll((controls) => controls.map((control) => control.getAttribute("name")));
  assert.deepEqual(fields, ["person.display_name", "person.email"]);
  assert.equal(await visitor.getByLabel("姓名（母语文字）").inputValue(), VISITOR.nativeName);
});

step("visitor registers, with a code that was mailed to the address", async () => {
  await visitor.getByLabel("姓名（拉丁字母，用于证件）").fill(VISITOR.name);
  await visitor.getByLabel("邮箱地址").fill(VISITOR.email);
  await visitor.getByLabel("国家或地区").selectOption({ label: "中国" });
  await visitor.getByLabel("邮件语言").selectOption("zh");
  await visitor.getByRole("button", { name: "报名" }).click();

  await visitor.getByLabel("邮件中的验证码").fill("0000-0000");
  await visitor.getByRole("button", { name: "完成报名" }).click();
  const [reason, text] = await refused(visitor);
  await picture(visitor, "code-refused");
  await visitor.getByLabel("邮件中的验证码").fill(await installation.mailedCode(VISITOR.email));
  await visitor.getByRole("button", { name: "完成报名" }).click();
  await visitor.getByRole("heading", { name: "报名已提交" }).waitFor();
  await picture(visitor, "registered");

  assert.deepEqual([reason, text], ["ERROR_REASON_CODE_INVALID", "验证码错误、已使用、已过期或尝试次数过多。"]);
});

step("organiser signs in with a mailed code, by the keyboard alone", async () => {
  const { keyboard } = organizer;
  // So that a minute of silence need not be waited for, further down.
  await organizer.clock.install();

  await organizer.goto(`${site.origin}/#/`);
  await organizer.getByRole("heading", { name: "Sign in" }).waitFor();
  await picture(organizer, "sign-in");
  await keyboard.type(ORGANIZER.email);
  await keyboard.press("Enter");
  await organizer.getByLabel("Code from our e-mail").waitFor();
  await picture(organizer, "sign-in-code");
  await keyboard.type(await installation.mailedCode(ORGANIZER.email));
  await keyboard.press("Enter");
  await organizer.getByRole("link", { name: "Cold-Chain Technology Forum" }).waitFor();
  await picture(organizer, "events");
  await organizer.getByRole("link", { name: "Cold-Chain Technology Forum" }).focus();
  await keyboard.press("Enter");
  await organizer.getByRole("row", { name: VISITOR.name }).waitFor();
  await picture(organizer, "desk");

  assert.equal(await organizer.locator(".user").textContent(), ORGANIZER.displayName);
});

step("registrations are listed, and decided", async () => {
  const decided = async (who: string, state: string) => {
    await organizer.getByRole("row", { name: who }).getByText(state, { exact: true }).waitFor();
  };

  await organizer.getByRole("button", { name: `Confirm: ${VISITOR.name}` }).click();
  await decided(VISITOR.name, "Confirmed");
  await organizer.getByRole("button", { name: "Reject: Bilal Ahmed" }).click();
  await decided("Bilal Ahmed", "Rejected");
  await picture(organizer, "decided");

  const { registrations } = await owner(RegistrationService).listRegistrations({ parent: EVENT });
  const { SUBMITTED, CONFIRMED, REJECTED } = RegistrationState;
  assert.deepEqual(
    registrations.map(({ state }) => state),
    [REJECTED, SUBMITTED, CONFIRMED],
  );
});

step("decision that came too late is refused, and stays to be read", async () => {
  const row = organizer.getByRole("row", { name: "Zhang Weiming" });
  await organizer.route("**/attache.v1.RegistrationService/RejectRegistration", async (route) => {
    // Somebody else decides while the call is under way.
    const { registrations } = await owner(RegistrationService).listRegistrations({ parent: EVENT });
    const name = registrations.find(({ state }) => state === RegistrationState.SUBMITTED)?.name;
    await owner(RegistrationService).confirmRegistration({ name });
    await route.continue();
  });

  await row.getByRole("button", { name: "Reject" }).click();
  const [reason] = await refused(organizer);
  await row.getByText("Confirmed", { exact: true }).waitFor();
  await picture(organizer, "too-late");

  await organizer.unroute("**/attache.v1.RegistrationService/RejectRegistration");
  assert.equal(reason, "ERROR_REASON_ETAG_MISMATCH");
  assert.equal((await refused(organizer))[0], reason);
});

step("file arrives whole, although pieces of it and answers get lost", async () => {
  const bytes = randomBytes(1_000_000);
  let sent = 0;
  await organizer.route("**/attache.v1.FileService/AppendUpload", async (route) => {
    sent += 1;
    // The second piece arrives and its answer does not; sent again, it is lost on its way.
    if (sent === 2) await route.fetch();
    if (sent === 2 || sent === 3) await route.abort("connectionreset");
    else await route.continue();
  });

  await organizer
    .getByLabel("Upload a file")
    .setInputFiles({ name: "programme.bin", mimeType: "application/octet-stream", buffer: bytes });
  await organizer.locator(".files").getByText("Complete").waitFor();
  await picture(organizer, "uploaded");

  await organizer.unroute("**/attache.v1.FileService/AppendUpload");
  // Four pieces, and two that went out again.
  assert.equal(sent, 6);
  const { changes } = await owner(AuditService).listChanges({ parent: EVENT, filter: "verb = finished" });
  assert.equal(changes.length, 1);
  const kept: Uint8Array[] = [];
  for await (const { data } of owner(FileService).downloadFile({ name: changes[0]?.resource })) kept.push(data);
  assert.ok(Buffer.concat(kept).equals(bytes));
});

step("letter is approved, issued, and saved by a signed link", async () => {
  const row = organizer.getByRole("row", { name: TRAVELLER.displayName });

  await row.getByRole("button", { name: "Approve" }).click();
  await row.getByRole("button", { name: "Issue" }).click();
  await row.getByRole("button", { name: "Download the PDF" }).waitFor();
  await picture(organizer, "letter-issued");
  const downloading = organizer.waitForEvent("download");
  await row.getByRole("button", { name: "Download the PDF" }).click();
  const download = await downloading;

  const saved = await download.path();
  assert.equal((await readFile(saved)).subarray(0, 5).toString(), "%PDF-");
  const text = execFileSync("pdftotext", [saved, "-"], { encoding: "utf8" });
  const number = await row.locator("code").textContent();
  for (const fact of [number ?? "no number", "KHAN", PASSPORT_NUMBER]) assert.ok(text.includes(fact), fact);
  if (given.screenshots) {
    execFileSync("pdftoppm", ["-png", "-r", "60", "-singlefile", saved, join(given.screenshots, "letter")]);
  }
});

step("changes are told once and in order, whatever becomes of the server", async () => {
  const told = async () => {
    const names = await organizer
      .locator("[data-change]")
      .evaluateAll((items) => items.map((item) => item.getAttribute("data-change")));
    return names.reverse();
  };
  const made = async () => {
    const { changes } = await owner(AuditService).listChanges({ parent: EVENT, pageSize: 1000 });
    return changes.map(({ name }) => name);
  };
  const caughtUp = () => until("the page to catch up", async () => (await told()).length >= (await made()).length);

  await caughtUp();
  const losses = {
    killed: { lose: () => installation.end("SIGKILL"), find: () => installation.start() },
    stopped: { lose: () => installation.end("SIGTERM"), find: () => installation.start() },
    frozen: {
      lose: async () => {
        installation.freeze(true);
        await organizer.clock.fastForward("01:00");
      },
      find: async () => installation.freeze(false),
    },
  };
  for (const [loss, { lose, find }] of Object.entries(losses)) {
    await register(owner, `Before ${loss}`, "", "Jinan Fresh Foods");
    await lose();
    await organizer.getByText("Connection lost").waitFor();
    await picture(organizer, loss);
    await find();
    await register(owner, `After ${loss}`, "", "Jinan Fresh Foods");
    await organizer.getByText("Live", { exact: true }).waitFor();
    await organizer.getByRole("row", { name: `After ${loss}` }).waitFor();
  }
  await caughtUp();
  await picture(organizer, "connected-again");

  assert.deepEqual(await told(), await made());
});

step("organiser reads the desk in Chinese, and signs out for good", async () => {
  const token = await organizer.evaluate(() => sessionStorage.getItem("attache.token") ?? "");

  await organizer.getByRole("button", { name: "中文" }).click();
  await organizer.getByRole("row", { name: VISITOR.name }).waitFor();
  await organizer.locator("[data-change]").first().waitFor();
  await picture(organizer, "desk-chinese");
  await organizer.getByRole("button", { name: "退出登录" }).click();
  await organizer.getByRole("heading", { name: "登录" }).waitFor();

  await assert.rejects(caller(installation.url, token)(AccessService).whoAmI({}), /valid token/);
});

step("page of another origin reaches nothing", async () => {
  const page = await openPage("en-GB");
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));

  await page.goto(`${stranger.origin}/#/${CATEGORY}`);
  const [reason, text] = await refused(page);
  await picture(page, "other-origin");

  assert.deepEqual([reason, text], ["", "The server cannot be reached. Please try again."]);
  assert.equal(await page.locator("label").count(), 0);
  assert.ok(
    complaints.some((complaint) => complaint.includes("blocked by CORS policy")),
    complaints.join("\n"),
  );
});

step("page threw no error", async () => {
  assert.deepEqual(thrown, []);
});
