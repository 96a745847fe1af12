/** What stands before a browser comes: an event that takes public registrations, its organiser, and a letter that somebody asked for. */

import { readFile } from "node:fs/promises";

import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { type DescService } from "@bufbuild/protobuf";

import { AccessService, Role } from "../gen/attache/v1/access_service_pb";
import { CategoryService } from "../gen/attache/v1/category_service_pb";
import { EventService } from "../gen/attache/v1/event_service_pb";
import { FileService } from "../gen/attache/v1/file_service_pb";
import { IdentityDocumentService } from "../gen/attache/v1/identity_document_service_pb";
import { ExpenseBearer, LetterService } from "../gen/attache/v1/letter_service_pb";
import { OrganizationKind, OrganizationService } from "../gen/attache/v1/organization_service_pb";
import { PersonService } from "../gen/attache/v1/person_service_pb";
import { RegistrationService } from "../gen/attache/v1/registration_service_pb";

export const EVENT = "events/cold-chain-forum";
export const CATEGORY = `${EVENT}/categories/delegate`;
export const ORGANIZER = { displayName: "Lin Wei", email: "lin.wei@example.org" };
export const TRAVELLER = { displayName: "Ayesha Khan", email: "ayesha@example.com" };
export const PASSPORT_NUMBER = "ZZ0000000";

const HOST = "organizations/logistics-association";

/** Calls services of a server with a token, or without one. */
export function caller(url: string, token?: string): <S extends DescService>(service: S) => Client<S> {
  const transport = createGrpcWebTransport({
    baseUrl: url,
    interceptors: [
      (next) => (call) => {
        if (token) call.header.set("authorization", `Bearer ${token}`);
        return next(call);
      },
    ],
  });
  return (service) => createClient(service, transport);
}

type Caller = ReturnType<typeof caller>;

/** A day, so many days from today. */
function day(ahead: number): string {
  return new Date(Date.now() + ahead * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

/** Makes everything. */
export async function prepare(as: Caller): Promise<void> {
  await makeHost(as);
  await makeEvent(as);
  const grants = [{ role: Role.ORGANIZER, resource: EVENT }];
  await as(AccessService).createMember({ member: { ...ORGANIZER, languageCode: "en", grants } });
  await register(as, "Bilal Ahmed", "بلال احمد", "Karachi Cold Storage Ltd");
  await register(as, "Zhang Weiming", "张伟明", "Qingdao Port Logistics");
  await requestLetter(as);
}

/** Registers somebody, as an organiser would. */
export async function register(
  as: Caller,
  displayName: string,
  nativeName: string,
  affiliation: string,
): Promise<void> {
  const email = `${displayName.toLowerCase().replaceAll(" ", ".")}@example.com`;
  const newPerson = { displayName, nativeName, affiliation, email };
  await as(RegistrationService).createRegistration({ parent: EVENT, registration: { category: CATEGORY }, newPerson });
}

async function makeHost(as: Caller): Promise<void> {
  const organizations = as(OrganizationService);
  const organization = {
    title: { en: "Association for Cold-Chain Logistics", zh: "冷链物流协会" },
    kind: OrganizationKind.ASSOCIATION,
    regionCode: "CN",
    addressLines: ["1 Specimen Road", "Beijing"],
    addressLinesZh: ["北京市样本路1号"],
    phoneNumber: "+86 10 5550 0100",
    email: "office@example.org",
    registrationNumber: "51100000000000000X",
    signatory: { displayName: { en: "Zhang San", zh: "张三" }, position: { en: "Secretary General", zh: "秘书长" } },
    letterPrefix: "ACCL",
  };
  await organizations.createOrganization({ organization, organizationId: HOST.split("/")[1] });
  const [stampFile, signatureFile] = [await upload(as, "stamp.png"), await upload(as, "signature.png")];
  const paths = ["stamp_file", "signature_file"];
  await organizations.updateOrganization({
    organization: { name: HOST, stampFile, signatureFile },
    updateMask: { paths },
  });
}

async function upload(as: Caller, fileName: string): Promise<string> {
  const data = await readFile(`../../server/samples/images/${fileName}`);
  const file = { fileName, mediaType: "image/png", sizeBytes: data.length };
  const { name } = await as(FileService).startUpload({ parent: HOST, file });
  await as(FileService).appendUpload({ name, data });
  await as(FileService).finishUpload({ name });
  return name;
}

async function makeEvent(as: Caller): Promise<void> {
  const at = (ahead: number, time: string) => ({ localTime: `${day(ahead)}T${time}`, timeZone: "Asia/Shanghai" });
  const event = {
    title: { en: "Cold-Chain Technology Forum", zh: "冷链技术论坛" },
    startTime: at(60, "09:00"),
    endTime: at(61, "17:30"),
    controller: HOST,
    venue: { title: { en: "Conference Centre", zh: "会议中心" }, city: "Beijing", regionCode: "CN" },
    contactEmail: "forum@example.org",
    specimen: true,
  };
  await as(EventService).createEvent({ event, eventId: EVENT.split("/")[1] });
  const category = { title: { en: "Delegates", zh: "代表" }, capacity: 40, languageCodes: ["en", "zh"], public: true };
  await as(CategoryService).createCategory({ parent: EVENT, category, categoryId: CATEGORY.split("/").at(-1) });
}

async function requestLetter(as: Caller): Promise<void> {
  const traveller = {
    ...TRAVELLER,
    passportName: { familyName: "KHAN", givenName: "AYESHA" },
    affiliation: "Indus Valley Cold Storage",
    position: "Director",
  };
  const { name: person } = await as(PersonService).createPerson({ parent: HOST, person: traveller });
  const passport = {
    number: PASSPORT_NUMBER,
    issuingStateCode: "PAK",
    nationalityCode: "PAK",
    familyName: "KHAN",
    givenName: "AYESHA",
    birthDate: "1988-03-03",
    sex: "F",
    expireDate: day(5 * 365),
  };
  await as(IdentityDocumentService).putIdentityDocument({ parent: person, passport });
  const letter = {
    person,
    issuer: HOST,
    letterTemplate: "letterTemplates/china-m",
    regionCode: "CN",
    visitWindow: { startDate: day(58), endDate: day(65), cities: [{ en: "Beijing", zh: "北京" }] },
    relationship: { en: "Partners since 2021", zh: "自2021年起的合作伙伴" },
    expenseBearer: ExpenseBearer.SENDER,
  };
  await as(LetterService).requestLetter({ parent: EVENT, letter });
}
