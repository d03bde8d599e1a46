/** Looks at all that a config needs before it runs: secrets, files, modules. Every mistake is told at once. */
import { accessSync, constants } from "node:fs";
import type { Finding } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { Mistake } from "../core/mistakes.ts";
import type { Destination, GatewayParts } from "../core/settings.ts";
import type { Route } from "../core/types.ts";
import { transformFindings } from "../destinations/transform.ts";
import { type Environment, SecretFault, type SecretReader, secretReader } from "./config.ts";
import { ConfigError, type LoadedConfig, readConfig } from "./load-config.ts";
import { workerPrelude } from "./resolve-hook.ts";
import { respondMistakes } from "./responding.ts";
import { offMistakes, secretMistakes } from "./secrets.ts";

/** A config that can run on this machine as it is now. */
export type ReadyConfig = LoadedConfig & {
  /** What is wrong, but may come right by itself. */
  readonly doubts: readonly Mistake[];
};

/** Reads a config and looks at what it needs. Throws ConfigError with every mistake, or CONFIG_INVALID when it can't be read. */
export async function loadToRun(
  named: string | undefined,
  environment: Pick<Environment, "config">,
): Promise<ReadyConfig> {
  const { gateway, parts, path, url, mistakes: own } = await readConfig(named, environment);
  const read = secretReader();
  const found = [
    ...(await destinationFindings(parts.destinations, { read, url })),
    ...(await routeFindings(gateway?.routes ?? [], url)),
    ...(await respondMistakes(gateway?.sources ?? [], url)),
  ];
  const mistakes = [
    ...own,
    ...secretMistakes(parts, read),
    ...tlsMistakes(parts),
    ...found.filter(({ mayPass }) => !mayPass),
  ];
  const all = gateway && mistakes.length === 0 ? offMistakes(gateway, read) : mistakes;
  if (gateway === undefined || all.length > 0) throw new ConfigError(path, all);
  return { gateway, url, path, doubts: found.filter(({ mayPass }) => mayPass) };
}

type Found = Mistake & Pick<Finding, "mayPass">;

async function destinationFindings(
  destinations: readonly Destination[],
  { read, url }: { readonly read: SecretReader; readonly url: string },
): Promise<readonly Found[]> {
  const findings = destinations.map(async ({ name, type, options }) => {
    const context = { name, secret: quiet(read), configUrl: url, workerPrelude };
    const found = (await type.check?.(options, context)) ?? [];
    return found.map(
      ({ option, expected, hint, mayPass = false }): Found => ({
        path: `destinations.${name}.${option}`,
        expected,
        hint,
        mayPass,
      }),
    );
  });
  return (await Promise.all(findings)).flat();
}

async function routeFindings(routes: readonly Route[], url: string): Promise<readonly Found[]> {
  const findings = routes.map(async ({ transform }, at) => {
    if (transform === undefined) return [];
    const found = await transformFindings(transform, { at, configUrl: url, workerPrelude });
    return found.map(
      ({ expected, hint, mayPass = false }): Found => ({
        path: `routes[${at}].transform`,
        expected,
        hint,
        mayPass,
      }),
    );
  });
  return (await Promise.all(findings)).flat();
}

/** What can't be read is told by `secretMistakes`. */
function quiet(read: SecretReader): SecretReader {
  return (ref) => {
    try {
      return read(ref);
    } catch (fault) {
      if (fault instanceof SecretFault) return undefined;
      throw fault;
    }
  };
}

function tlsMistakes({ server: { tls } }: GatewayParts): Mistake[] {
  return Object.entries(tls ?? {}).flatMap(([option, file]) => {
    try {
      accessSync(file, constants.R_OK);
      return [];
    } catch (error) {
      const path = `server.tls.${option}`;
      return [{ path, expected: "a file that can be read", hint: messageOf(error) }];
    }
  });
}
