import { defineProvider, type ProviderFunction } from "../core/define.ts";
import { declareProvider } from "./schemes/declared.ts";
import { hubspotBatch } from "./schemes/hubspot-batch.ts";

/** HubSpot (v3). Some escapes of the URL are decoded before it is signed; the URL as it is fits too. */
export const hubspot = withDecodedUrl(
  declareProvider({
    name: "hubspot",
    title: "HubSpot (v3)",
    docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
    evidence: { kind: "sdk", source: "@hubspot/api-client@13.5.0" },
    signature: { header: "X-HubSpot-Signature-v3", encoding: "base64" },
    content: ["method", "url", "body", "timestamp"],
    timestamp: { header: "X-HubSpot-Request-Timestamp", unit: "ms" },
    batch: hubspotBatch,
  }),
);

/* @__NO_SIDE_EFFECTS__ */
function withDecodedUrl(declared: ProviderFunction<object>): ProviderFunction<object> {
  return defineProvider({
    ...declared,
    verify: (input) => {
      const asked = declared.verify(input);
      const url = decoded(input.url);
      return asked.kind !== "rejected" || asked.code !== "INVALID_SIGNATURE" || url === input.url
        ? asked
        : declared.verify({ ...input, url });
    },
    sign: (input) => {
      const url = decoded(input.url);
      return declared.sign(url === undefined ? input : { ...input, url });
    },
  });
}

/** Those that HubSpot's documentation lists, and no others: `: / ? @ ! $ ' ( ) * , ;`. */
function decoded(url: string | undefined): string | undefined {
  return url?.replaceAll(/%(?:3[ABF]|2[14789ACF]|40)/gi, decodeURIComponent);
}
