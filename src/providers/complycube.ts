import { declareProvider } from "./schemes/declared.ts";

/** ComplyCube. */
export const complycube = declareProvider({
  name: "complycube",
  title: "ComplyCube",
  docs: "https://docs.complycube.com/documentation/guides/webhooks",
  evidence: { kind: "sdk", source: "@complycube/api@1.1.13" },
  signature: { header: "ComplyCube-Signature" },
  id: { json: "id" },
});
