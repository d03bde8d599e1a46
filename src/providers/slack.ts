import { defineProvider, type ProviderFunction } from "../core/define.ts";
import type { EventIdentity, IdentifyInput } from "../core/types.ts";
import { isForm } from "../kit/form.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { declareProvider } from "./schemes/declared.ts";
import { identityOf, typeFrom } from "./schemes/identity.ts";

/** Slack: events, and what comes as a form: commands, which are named by their word, and interactions. */
export const slack = withForms(
  declareProvider({
    name: "slack",
    title: "Slack",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    evidence: { kind: "sdk", source: "@slack/bolt@5.1.0" },
    deadlineSeconds: 3,
    signature: { header: "X-Slack-Signature", prefix: "v0=" },
    content: [{ literal: "v0:" }, "timestamp", { literal: ":" }, "body"],
    timestamp: { header: "X-Slack-Request-Timestamp" },
    id: { json: "event_id" },
    type: { json: "event.type" },
    time: { json: "event_time" },
    handshakes: [
      {
        signed: true,
        when: [{ json: "type", is: "url_verification" }],
        challenge: { json: "challenge" },
        answer: { text: "{challenge}" },
      },
    ],
  }),
);

/* @__NO_SIDE_EFFECTS__ */
function withForms(declared: ProviderFunction<object>): ProviderFunction<object> {
  return defineProvider({
    ...declared,
    identify: (input) =>
      isForm(input.request.headers) ? identifyForm(input) : declared.identify(input),
  });
}

/** A form has no id; that of its trigger, which is in its content, is new for each use. */
function identifyForm({ body }: IdentifyInput): EventIdentity {
  const form = new URLSearchParams(body.toString("utf8"));
  const interaction = Buffer.from(form.get("payload") ?? "", "utf8");
  const type = typeFrom(form.get("command") ?? textAt(parseJson(interaction), "type"));
  return identityOf({ type, dedupe: { by: "content" }, id: undefined, occurredAt: undefined });
}
