import type { ProviderFunction } from "../../core/define.ts";
import { declareProvider } from "./declared.ts";

/** Cloudinary's provider of one hash function: accounts choose which. */
/* @__NO_SIDE_EFFECTS__ */
export function declareCloudinary(
  known: { readonly name: string; readonly title: string },
  hash: "sha1" | "sha256",
): ProviderFunction<object> {
  return declareProvider({
    ...known,
    docs: "https://cloudinary.com/documentation/notification_signatures",
    evidence: { kind: "sdk", source: "cloudinary@2.11.0" },
    toleranceSeconds: 7200,
    notCovered:
      "the boundary of body and instant: they touch, so that digits could move from one to the other",
    signature: { header: "X-Cld-Signature", algorithm: `hash-${hash}`, secret: "behind" },
    content: ["body", "timestamp"],
    timestamp: { header: "X-Cld-Timestamp" },
    type: { json: "notification_type" },
    time: { json: "timestamp", unit: "rfc3339" },
  });
}
