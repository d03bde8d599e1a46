import { declareProvider } from "./schemes/declared.ts";

/** npm registry hooks. */
export const npm = declareProvider({
  name: "npm",
  title: "npm registry hooks",
  docs: "https://docs.npmjs.com/cli/commands/npm-hook",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-npm-signature", prefix: "sha256=" },
  type: { json: "event" },
  time: { json: "time", unit: "ms" },
});
