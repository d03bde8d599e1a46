export { acknowledge } from "./acknowledge.ts";
export type { FunctionRole } from "./gateway-function.ts";
export type { ExistingResources, SurehookProps } from "./props.ts";
export type { SecretPlace } from "./secret-places.ts";
export { Surehook } from "./surehook.ts";
