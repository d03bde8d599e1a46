import type { DestinationKind } from "../core/define.ts";
import { codeKind } from "./code.ts";
import { httpKind } from "./http.ts";

export { type CodeOptions, type CodeSource, code } from "./code.ts";
export type { CodeContext, CodeEvent, CodeModule } from "./code-module.ts";
export { type HttpOptions, http } from "./http.ts";

/** Every kind of destination by its name. */
export const destinations: Readonly<Record<string, DestinationKind>> = {
  code: codeKind,
  http: httpKind,
};
