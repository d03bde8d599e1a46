import type { Environment } from "../../app/config.ts";
import type { Gateway } from "../../core/settings.ts";

/** The port where nobody says. */
export const defaultPort = 4242;

/** Where this machine reaches a gateway by its config, whether it runs or not. */
export function localAddress(
  { server }: Gateway,
  environment: Pick<Environment, "port">,
  given: { readonly port?: number | undefined } = {},
): string {
  const { host, port, tls } = server;
  // 0 asks for any port that is free: nobody can know which.
  const isEverywhere = host === "0.0.0.0" || host === "::";
  const name = isEverywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const number = given.port || environment.port || port || defaultPort;
  return `${tls ? "https" : "http"}://${name}:${number}`;
}
