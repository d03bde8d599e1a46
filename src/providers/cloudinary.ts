import { declareProvider } from "./schemes/declared.ts";

/** Cloudinary. */
export const cloudinary = declareProvider({
  name: "cloudinary",
  title: "Cloudinary",
  docs: "https://cloudinary.com/documentation/notification_signatures",
  evidence: { kind: "sdk", source: "cloudinary@2.11.0" },
  toleranceSeconds: 7200,
  notCovered:
    "the boundary of body and instant: they touch, so that digits could move from one to the other",
  signature: { header: "X-Cld-Signature", algorithm: "hash-sha1", secret: "behind" },
  content: ["body", "timestamp"],
  timestamp: { header: "X-Cld-Timestamp" },
  type: { json: "notification_type" },
  time: { json: "timestamp", unit: "rfc3339" },
});
