import { declareBearerProvider } from "./schemes/declared-bearer.ts";
import { eventGridBatch, eventGridHandshakes } from "./schemes/event-grid.ts";

/** Options of `azureEventgridEntra` beside those of every source; its secrets are the audiences: the application's id, or its URI. */
export type AzureEventgridEntraOptions = {
  /** The id of the Entra tenant that the subscription names. */
  readonly tenantId: string;
};

/** Microsoft.EventGrid, the application that Azure delivers as. */
const eventGrid = "4962773b-9cdb-44cf-a8bf-237846a00ab7";
const login = "https://login.microsoftonline.com";

/** Of tokens of version 1.0 and 2.0: the application's manifest says which it gets. */
const issuerOf = {
  first: (tenantId: string) => `https://sts.windows.net/${tenantId}/`,
  second: (tenantId: string) => `${login}/${tenantId}/v2.0`,
} as const;

/** Azure Event Grid, delivered with a token of Microsoft Entra ID. */
export const azureEventgridEntra = declareBearerProvider<AzureEventgridEntraOptions>({
  name: "azure-eventgrid-entra",
  title: "Azure Event Grid (Entra ID)",
  docs: "https://learn.microsoft.com/en-us/azure/event-grid/secure-webhook-delivery",
  evidence: {
    kind: "docs",
    source:
      "https://learn.microsoft.com/en-us/azure/event-grid/secure-webhook-delivery and https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens",
    readOn: "2026-11-21",
    read: "Authorization: Bearer and a JWT by RS256 of the tenant, made for Microsoft.EventGrid; aud is the application, iss and the keys' address by version 1.0 or 2.0, appid or azp the caller; the body is not among them",
  },
  deadlineSeconds: 30,
  retries: true,
  settings: {
    tenantId: { kind: "text", words: "The id of the Entra tenant that the subscription names." },
  },
  conflicts: ({ tenantId }) =>
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(tenantId)
      ? []
      : [{ option: "tenantId", expected: "the tenant's id: a GUID in lower case, not its domain" }],
  issuer: "Entra",
  keysUrl: ({ iss }, { tenantId }) => {
    if (iss === issuerOf.first(tenantId)) return `${login}/${tenantId}/discovery/keys`;
    return iss === issuerOf.second(tenantId)
      ? `${login}/${tenantId}/discovery/v2.0/keys`
      : undefined;
  },
  isSender: ({ appid, azp }) => (azp ?? appid) === eventGrid,
  claimsOf: ({ tenantId }) => ({ iss: issuerOf.second(tenantId), azp: eventGrid }),
  batch: eventGridBatch,
  handshakes: eventGridHandshakes,
});
