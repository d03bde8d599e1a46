import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Verdict, VerifyInput } from "../core/types.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { sameText } from "../kit/same-text.ts";
import { identifyBy } from "./schemes/declared.ts";
import { greeting, type HandshakeShape, handshakeMarks } from "./schemes/handshakes.ts";
import { notEmpty } from "./schemes/seal.ts";
import { judgeSecrets, rejected } from "./schemes/verdict.ts";

const handshakes: readonly HandshakeShape[] = [
  { challenge: { query: "validationToken" }, answer: { text: "{challenge}" } },
];

const names = {
  id: { json: "value.0.id" },
  type: [{ json: "value.0.changeType" }, { json: "value.0.lifecycleEvent" }],
} as const;

/** Microsoft Graph change notifications: each item of a request has the client state, and each must fit. */
export const msGraph = defineProvider<object>({
  name: "ms-graph",
  title: "Microsoft Graph",
  docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
  evidence: {
    kind: "docs",
    source: "https://github.com/microsoftgraph/nodejs-webhooks-sample (routes/listen.js)",
    readOn: "2026-11-20",
    read: "clientState of each item of value, as it was given when subscribing; validationToken of the query as text",
  },
  notCovered: "all: who knows the client state can send any body",
  deadlineSeconds: 10,
  retries: true,
  acceptAnswer: { status: 202, body: "" },
  assurance: "authenticated",
  scheme: {
    place: { field: "value.0.clientState" },
    algorithm: "token",
    key: "utf8",
    dated: false,
    coversBody: false,
  },
  ...greeting(handshakes),
  marks: () => handshakeMarks(handshakes),
  verify,
  sign: ({ body, secret }) => {
    const payload = parseJson(body);
    if (typeof payload !== "object" || payload === null) {
      throw new GatewayError("USAGE", "The client state stands in the body: give a JSON object.");
    }
    const value = [{ ...payload, clientState: secret }];
    return { headers: {}, body: Buffer.from(JSON.stringify({ value }), "utf8") };
  },
  identify: (input) => identifyBy(names, input),
});

function verify({ request, secrets }: VerifyInput): Verdict {
  const payload = parseJson(request.body) as { readonly value?: unknown } | null | undefined;
  const items: readonly unknown[] = Array.isArray(payload?.value) ? payload.value : [];
  const states = items.map((item) => textAt(item, "clientState") ?? "");
  if (states.length === 0 || states.includes("")) {
    return rejected("MISSING_SIGNATURE", "an item of value has no clientState");
  }
  const verdict = judgeSecrets(secrets, notEmpty, (secret) =>
    states.every((state) => sameText(state, secret)),
  );
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}
