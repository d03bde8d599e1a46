import { declareCloudinary } from "./schemes/cloudinary.ts";

/** Cloudinary. */
export const cloudinary = declareCloudinary({ name: "cloudinary", title: "Cloudinary" }, "sha1");
