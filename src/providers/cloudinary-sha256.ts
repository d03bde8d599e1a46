import { declareCloudinary } from "./schemes/cloudinary.ts";

/** Cloudinary, of an account that signs by SHA-256. */
export const cloudinarySha256 = declareCloudinary(
  { name: "cloudinary-sha256", title: "Cloudinary (SHA-256)" },
  "sha256",
);
