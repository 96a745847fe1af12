/** What the page says, in both languages. */

import { type LocalizedText } from "../gen/attache/v1/localized_text_pb";
import { type Language, session } from "./session";

const ENGLISH = {
  product: "Attaché",
  otherLanguage: "中文",
  signIn: "Sign in",
  signInHint: "We send a code to your e-mail address.",
  email: "E-mail address",
  sendCode: "Send me a code",
  code: "Code from our e-mail",
  codeHint: "If the address is a member’s, a code is on its way. It is good until ",
  signOut: "Sign out",
  events: "Your events",
  register: "Register",
  contact: "Questions: ",
  answers: "Answers for your data: ",
  full: "All places are taken: whoever registers now waits for one.",
  closed: "Registration is closed.",
  choose: "Please choose",
  back: "Back",
  confirmHint: "We sent a code to your address. Please enter it to complete your registration. It is good until ",
  confirmAddress: "Complete the registration",
  registered: "You are registered",
  reference: "Your reference: ",
  unreachable: "The server cannot be reached. Please try again.",
  registrations: "Registrations",
  noRegistrations: "Nobody has registered yet.",
  person: "Person",
  affiliation: "Organisation",
  state: "State",
  actions: "Actions",
  confirm: "Confirm",
  reject: "Reject",
  files: "Files",
  chooseFile: "Upload a file …",
  uploading: "Uploading",
  uploaded: "Complete",
  letters: "Visa letters",
  noLetters: "No letter was requested yet.",
  destination: "To",
  number: "Number",
  approve: "Approve",
  issue: "Issue",
  savePdf: "Download the PDF",
  changes: "What happens",
  live: "Live",
  lost: "Connection lost, trying again …",
};

type Words = typeof ENGLISH;

const CHINESE: Words = {
  product: "Attaché",
  otherLanguage: "English",
  signIn: "登录",
  signInHint: "我们将向您的邮箱发送验证码。",
  email: "邮箱地址",
  sendCode: "发送验证码",
  code: "邮件中的验证码",
  codeHint: "如果该地址属于成员，验证码已发出，有效期至",
  signOut: "退出登录",
  events: "您的活动",
  register: "报名",
  contact: "咨询：",
  answers: "个人信息处理者：",
  full: "名额已满，现在报名将进入候补名单。",
  closed: "报名已截止。",
  choose: "请选择",
  back: "返回",
  confirmHint: "验证码已发送至您的邮箱，请填写以完成报名，有效期至",
  confirmAddress: "完成报名",
  registered: "报名已提交",
  reference: "您的报名编号：",
  unreachable: "无法连接服务器，请重试。",
  registrations: "报名",
  noRegistrations: "尚无人报名。",
  person: "姓名",
  affiliation: "单位",
  state: "状态",
  actions: "操作",
  confirm: "确认",
  reject: "拒绝",
  files: "文件",
  chooseFile: "上传文件……",
  uploading: "正在上传",
  uploaded: "上传完成",
  letters: "签证邀请函",
  noLetters: "尚无邀请函申请。",
  destination: "目的地",
  number: "编号",
  approve: "批准",
  issue: "签发",
  savePdf: "下载 PDF",
  changes: "最新动态",
  live: "实时",
  lost: "连接中断，正在重试……",
};

/** States, verbs and collections as the API names them, where a user meets them. */
const TERMS: Record<string, [en: string, zh: string]> = {
  SUBMITTED: ["To be decided", "待审核"],
  CONFIRMED: ["Confirmed", "已确认"],
  WAITING: ["Waiting list", "候补"],
  REJECTED: ["Rejected", "已拒绝"],
  WITHDRAWN: ["Withdrawn", "已退出"],
  REQUESTED: ["Requested", "已申请"],
  APPROVED: ["Approved", "已批准"],
  ISSUING: ["Being issued", "签发中"],
  ISSUED: ["Issued", "已签发"],
  REVOKED: ["Revoked", "已撤销"],
  events: ["Event", "活动"],
  categories: ["Category", "类别"],
  registrations: ["Registration", "报名"],
  letters: ["Letter", "邀请函"],
  files: ["File", "文件"],
  jobs: ["Job", "任务"],
  notices: ["E-mail", "邮件"],
  created: ["created", "已创建"],
  updated: ["changed", "已修改"],
  confirmed: ["confirmed", "已确认"],
  rejected: ["rejected", "已拒绝"],
  requested: ["requested", "已申请"],
  approved: ["approved", "已批准"],
  numbered: ["numbered", "已编号"],
  issued: ["issued", "已签发"],
  enqueued: ["queued", "待发送"],
  tried: ["sent", "已发送"],
  started: ["begun", "已开始"],
  appended: ["growing", "上传中"],
  advanced: ["going on", "进行中"],
  finished: ["complete", "已完成"],
  linked: ["link made", "已生成链接"],
};

/** What the page says in the user's language. */
export function words(): Words {
  return session.language === "zh" ? CHINESE : ENGLISH;
}

/** A term of the API in the user's language, or as it is. */
export function term(word: string): string {
  const [en, zh] = TERMS[word] ?? [word, word];
  return session.language === "zh" ? zh : en;
}

/** A text in the user's language, or in the one there is. */
export function localized(text: LocalizedText | undefined): string {
  const read = (language: Language) => text?.[language] ?? "";
  return read(session.language) || read("en") || read("zh");
}

const LOCALES: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };

/** The user's language, with the customs that go with it. */
export function locale(): string {
  return LOCALES[session.language];
}

/** A country or territory in the user's language. */
export function region(code: string): string {
  return new Intl.DisplayNames(locale(), { type: "region", fallback: "code" }).of(code) ?? code;
}

/** A language in the user's language. */
export function language(code: string): string {
  return new Intl.DisplayNames(locale(), { type: "language" }).of(code) ?? code;
}

/** From when until when, by the clocks of a zone, and which zone that is. */
export function period(from: Date, until: Date, timeZone: string): string {
  const days = new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeStyle: "short", timeZone });
  const zone = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: "long" }).formatToParts(from);
  const zoneName = zone.find(({ type }) => type === "timeZoneName")?.value ?? timeZone;
  return `${days.formatRange(from, until)} · ${zoneName}`;
}

/** An instant of today by the user's own clock, in minutes or to the second. */
export function timeOfDay(instant: Date, timeStyle: "short" | "medium"): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle }).format(instant);
}
