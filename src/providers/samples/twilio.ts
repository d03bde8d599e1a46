/** Twilio's status callbacks, which are forms (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status). */
import type { SampleContext } from "../../core/types.ts";
import { sampler, token } from "./sampler.ts";

const account = "AC00000000000000000000000000000000";

const sid = (prefix: string, context: SampleContext): string =>
  prefix + token(context).toLowerCase().padStart(32, "0");

const outgoing =
  (status: string, more: Readonly<Record<string, string>> = {}) =>
  (context: SampleContext): URLSearchParams =>
    new URLSearchParams({
      MessageSid: sid("SM", context),
      SmsSid: sid("SM", context),
      AccountSid: account,
      From: "+15005550006",
      To: "+15005550009",
      MessageStatus: status,
      SmsStatus: status,
      ApiVersion: "2010-04-01",
      ...more,
    });

const call =
  (status: string, more: Readonly<Record<string, string>> = {}) =>
  (context: SampleContext): URLSearchParams =>
    new URLSearchParams({
      CallSid: sid("CA", context),
      AccountSid: account,
      From: "+15005550009",
      To: "+15005550006",
      Caller: "+15005550009",
      Called: "+15005550006",
      Direction: "inbound",
      CallStatus: status,
      ApiVersion: "2010-04-01",
      ...more,
    });

/** Forms of Twilio with fresh ids; the type is the status of the text or call. */
export const samples = sampler({
  sent: outgoing("sent"),
  delivered: outgoing("delivered", { RawDlrDoneDate: "2611211200" }),
  undelivered: outgoing("undelivered", { ErrorCode: "30003" }),
  ringing: call("ringing"),
  completed: call("completed", { CallDuration: "42", Duration: "1", SequenceNumber: "0" }),
});
