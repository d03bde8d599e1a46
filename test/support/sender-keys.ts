/** Keys of senders that sign with one of their own, made anew for each run. */
import { generateKeyPairSync } from "node:crypto";

const pair = generateKeyPairSync("ed25519");

/** Discord's: what the application page shows, and what signs. */
export const discordKeys = {
  publicHex: pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex"),
  privatePem: pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
};
