import { defineProvider } from "../core/define.ts";
import { textAt } from "../kit/json-path.ts";
import { sameText } from "../kit/same-text.ts";
import { tellingOf } from "./schemes/declared.ts";
import { notEmpty } from "./schemes/seal.ts";
import { changeItems, judgeItems } from "./schemes/signed-items.ts";
import { judgeSecrets, rejected } from "./schemes/verdict.ts";

const place = { list: "value" };

/** Microsoft Graph's change notifications. Each item has the `clientState` of its subscription, any of the live secrets. */
export const msGraph = defineProvider({
  name: "ms-graph",
  title: "Microsoft Graph",
  docs: "https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks",
  evidence: {
    kind: "docs",
    source: "https://learn.microsoft.com/en-us/graph/api/resources/changenotification",
    readOn: "2026-11-21",
    read: "clientState of each notification, as it was given when the subscription was made",
  },
  assurance: "authenticated",
  notCovered: "all: who knows the clientState can send any body",
  scheme: {
    place: { field: "value.0.clientState" },
    algorithm: "token",
    key: "utf8",
    dated: false,
    coversBody: false,
  },
  marks: () => [],
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
