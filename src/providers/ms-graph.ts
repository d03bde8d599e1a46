import { defineProvider } from "../core/define.ts";
import { textAt } from "../kit/json-path.ts";
import { sameText } from "../kit/same-text.ts";
import type { HandshakeShape } from "./schemes/handshake-shape.ts";
import { greeting, handshakeMarks } from "./schemes/handshakes.ts";
import { notEmpty } from "./schemes/seal.ts";
import { changeItems, judgeItems } from "./schemes/signed-items.ts";
import { tellingOf } from "./schemes/telling.ts";
import { judgeSecrets, rejected } from "./schemes/verdict.ts";

const place = { list: "value" };
const handshakes: readonly HandshakeShape[] = [
  { challenge: { query: "validationToken" }, answer: { text: "{challenge}" } },
];

/** Microsoft Graph's change notifications. Each item has the `clientState` of its subscription, any of the live secrets. */
export const msGraph = defineProvider<object>({
  name: "ms-graph",
  title: "Microsoft Graph",
  docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
  evidence: {
    kind: "docs",
    source: "https://learn.microsoft.com/en-us/graph/api/resources/changenotification",
    readOn: "2026-11-21",
    read: "clientState of each notification, as it was given when the subscription was made",
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
  verify: ({ request, secrets }) =>
    judgeItems(place, request, (item) => {
      const given = textAt(item, "clientState");
      if (given === undefined) return rejected("MISSING_SIGNATURE", "no clientState");
      const verdict = judgeSecrets(secrets, notEmpty, (secret) => sameText(given, secret));
      return verdict.kind === "rejected"
        ? verdict
        : { kind: "authenticated", secret: verdict.secret };
    }),
  sign: ({ body, secret }) => ({
    headers: {},
    body: changeItems(place, body, (item) => ({ ...item, clientState: secret })),
  }),
  // A lifecycle notification (`missed`, …) has no type of change.
  ...tellingOf({
    batch: {
      items: "value.*",
      id: { json: "id" },
      type: [{ json: "changeType" }, { json: "lifecycleEvent" }],
    },
  }),
});
