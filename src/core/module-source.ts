import * as z from "zod";

/** A module of the user's. */
export const moduleSource = z.union(
  [
    z.string().min(1),
    z.instanceof(URL),
    z.custom<() => Promise<unknown>>((value) => typeof value === "function"),
  ],
  'a path, or a function: () => import("./module.ts")',
);
