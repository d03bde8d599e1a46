import { declareProvider } from "./schemes/declared.ts";

/** Convoy. Advanced signatures in hex, in the header that Convoy proposes: a project may name another. */
export const convoy = declareProvider({
  name: "convoy",
  title: "Convoy",
  docs: "https://docs.getconvoy.io/product-manual/signatures",
  evidence: {
    kind: "vector",
    source: "frain-dev/convoy pkg/signature/testdata/signature-vectors.json",
  },
  signature: { header: "X-Convoy-Signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "," }, "body"],
  timestamp: { prefix: "t=" },
});
