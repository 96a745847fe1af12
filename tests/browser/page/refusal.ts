/** What the server says when it says no. */

import { Code, ConnectError } from "@connectrpc/connect";

import { BadRequestSchema, ErrorInfoSchema, LocalizedMessageSchema } from "../gen/google/rpc/error_details_pb";

export interface Refusal {
  /** Why, a value of `ErrorReason`; empty when the server was not reached. */
  reason: string;
  /** The same for the user, in their language. */
  text: string;
  /** What is wrong with single fields of the request, by their paths. */
  fields: Map<string, string>;
}

/** Takes an error of a call apart. */
export function refusal(error: unknown): Refusal {
  const failed = ConnectError.from(error);
  const [info] = failed.findDetails(ErrorInfoSchema);
  const [told] = failed.findDetails(LocalizedMessageSchema);
  const wrong = failed.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations);
  const fields = wrong.map((one) => [one.field, one.localizedMessage?.message ?? one.description] as const);
  return { reason: info?.reason ?? "", text: told?.message ?? "", fields: new Map(fields) };
}

/** Whether a call got no answer, or one that says to try again: what was decided carries a reason. */
export function brokeOff(error: unknown): boolean {
  return ConnectError.from(error).code === Code.Unavailable || refusal(error).reason === "";
}
