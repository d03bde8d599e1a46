import { sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { now, requestOf } from "./conformance-requests.ts";
import { awsSns } from "./index.ts";

const pem = (name: string): string =>
  readFileSync(new URL(`../../test/support/certificates/${name}.pem`, import.meta.url), "utf8");

const topic = "arn:aws:sns:us-east-1:123456789012:orders";
const foreign = "arn:aws:sns:us-east-1:999999999999:planted";
const certificate = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-sample.pem";

/** What Amazon signs for fields, which are shown as others or the same. */
function verdictOn(
  signed: Readonly<Record<string, string>>,
  shown: Readonly<Record<string, string>> = signed,
) {
  const text = Object.entries(signed).map(([name, value]) => `${name}\n${value}\n`);
  const Signature = sign("sha256", Buffer.from(text.join("")), pem("own-key")).toString("base64");
  const body = { ...shown, SignatureVersion: "2", Signature, SigningCertURL: certificate };
  return awsSns.verify({
    request: requestOf({ body: Buffer.from(JSON.stringify(body)) }),
    secrets: [{ name: "TOPIC", value: topic }],
    now,
    toleranceSeconds: 300,
    options: {},
    url: undefined,
    material: { found: new Map([[certificate, pem("senders")]]), roots: [] },
  });
}

const instant = "2026-11-21T00:00:00.000Z";
/** In the order in which they are signed. */
const notification = (Message: string, TopicArn: string) => ({
  Message,
  MessageId: "m-1",
  Timestamp: instant,
  TopicArn,
  Type: "Notification",
});

const lines = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields).flat().join("\n");

describe("aws-sns", () => {
  it("takes a Message of several lines", () => {
    const told = notification("first\nMessageId\nm-2\nthird", topic);
    expect(verdictOn(told)).toEqual({ kind: "authenticated", secret: "TOPIC" });
  });

  it("refuses a part of another topic's Message that is shown as fields of ours", () => {
    const chosen = { MessageId: "chosen", Timestamp: instant, TopicArn: topic, Type: "" };
    const asked = { MessageId: "chosen", SubscribeURL: "https://x", Timestamp: instant };
    for (const planted of [
      { ...chosen, Type: "Notification" },
      { ...asked, Token: "t", TopicArn: topic, Type: "SubscriptionConfirmation" },
      { ...asked, Token: "t", TopicArn: topic, Type: "Anything" },
    ]) {
      const signed = notification(`evil\n${lines(planted)}`, foreign);
      const { Message: _, ...behind } = signed;
      const shown = { Message: "evil", ...planted, Type: `${planted.Type}\n${lines(behind)}` };
      expect(verdictOn(signed, shown)).toMatchObject({ kind: "rejected", code: "INVALID_FORMAT" });
      expect(verdictOn(signed)).toMatchObject({ code: "INVALID_SIGNATURE" });
    }
  });

  it("refuses fields of several lines, and types that aren't SNS's", () => {
    const told = notification("hello", topic);
    expect(verdictOn({ ...told, MessageId: "m-1\nSubject\nmore" })).toMatchObject({
      code: "INVALID_FORMAT",
    });
    expect(verdictOn({ ...told, Type: "notification" })).toMatchObject({ code: "INVALID_FORMAT" });
  });
});
