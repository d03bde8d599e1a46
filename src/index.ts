export {
  defineGateway,
  defineProvider,
  secret,
  type DestinationDefinition,
  type GatewayDefinition,
  type Provider,
  type ProviderFunction,
  type RouteDefinition,
  type SourceDefinition,
  type SourceOptions,
} from "./core/define.ts";
export { GatewayError, type Code } from "./core/errors.ts";
