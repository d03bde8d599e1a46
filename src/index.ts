export type { FetchRequest, GivenRequest } from "./adapters/given-request.ts";
export { responseOf } from "./adapters/response-of.ts";
export {
  type VerifiedEvent,
  type VerifyOptions,
  type VerifyResult,
  verify,
} from "./adapters/verify.ts";
export {
  type DestinationDefinition,
  defineGateway,
  defineProvider,
  type GatewayDefinition,
  type Provider,
  type ProviderFunction,
  type RouteDefinition,
  type SourceDefinition,
  type SourceOptions,
  secret,
} from "./core/define.ts";
export { type Code, GatewayError } from "./core/errors.ts";
export type { RespondOptions } from "./core/respond.ts";
