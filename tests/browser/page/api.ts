/** The server, as this page calls it: gRPC-Web, a client a service. */

import { createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

import { AccessService } from "../gen/attache/v1/access_service_pb";
import { AuditService } from "../gen/attache/v1/audit_service_pb";
import { EventService } from "../gen/attache/v1/event_service_pb";
import { FileService } from "../gen/attache/v1/file_service_pb";
import { JobService } from "../gen/attache/v1/job_service_pb";
import { LetterService } from "../gen/attache/v1/letter_service_pb";
import { PersonService } from "../gen/attache/v1/person_service_pb";
import { PublicService } from "../gen/attache/v1/public_service_pb";
import { RegistrationService } from "../gen/attache/v1/registration_service_pb";
import { SignInService } from "../gen/attache/v1/sign_in_service_pb";
import { session } from "./session";

/** What whoever serves this page sets: where the server is, `{"server": "https://attache.example.org"}`. */
const settings: { server: string } = await (await fetch("settings.json")).json();

/** Says with every call who calls, and in which language to say no. */
const introduced: Interceptor = (next) => (call) => {
  if (session.token) call.header.set("authorization", `Bearer ${session.token}`);
  call.header.set("accept-language", session.language);
  return next(call);
};

const transport = createGrpcWebTransport({ baseUrl: settings.server, interceptors: [introduced] });

export const access = createClient(AccessService, transport);
export const audit = createClient(AuditService, transport);
export const events = createClient(EventService, transport);
export const files = createClient(FileService, transport);
export const jobs = createClient(JobService, transport);
export const letters = createClient(LetterService, transport);
export const persons = createClient(PersonService, transport);
export const registrations = createClient(RegistrationService, transport);
export const signIn = createClient(SignInService, transport);
export const visitors = createClient(PublicService, transport);
