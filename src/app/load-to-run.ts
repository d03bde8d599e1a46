/** Looks at all that a config needs before it runs: secrets, files, modules. Every mistake is told at once. */
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Finding } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { Mistake } from "../core/mistakes.ts";
import type { GatewayParts } from "../core/readable.ts";
import type { Destination } from "../core/settings.ts";
import { pathInConfig } from "../destinations/config-path.ts";
import { transformFindings } from "../destinations/transform.ts";
import { type Environment, type SecretReader, secretReader } from "./config.ts";
import { ConfigError, type LoadedConfig, type ReadConfig, readConfig } from "./load-config.ts";
import { workerPrelude } from "./resolve-hook.ts";
import { respondMistakes } from "./responding.ts";
import { sampleOf } from "./sample.ts";
import { compileSchemas } from "./schemas.ts";
import { offMistakes, quiet, secretMistakes } from "./secrets.ts";

/** A config that can run on this machine as it is now. */
export type ReadyConfig = LoadedConfig & {
  /** What is wrong, but may come right by itself. */
  readonly doubts: readonly Mistake[];
};

/** Whether destinations of cloud services are files here, so that what they need isn't. */
type LookOptions = { readonly isLocal?: boolean };

/** Reads a config and looks at what it needs, without a cloud where it is local. Throws ConfigError with every mistake, or CONFIG_INVALID when it can't be read. */
export async function loadToRun(
  named: string | undefined,
  environment: Pick<Environment, "config">,
  options: LookOptions = {},
): Promise<ReadyConfig> {
  return checkToRun(await readConfig(named, environment), options);
}

/** Looks at what a config needs. Throws ConfigError with every mistake. */
export async function checkToRun(
  config: ReadConfig,
  { isLocal = false }: LookOptions = {},
): Promise<ReadyConfig> {
  const { gateway, parts, path, url, mistakes: own } = config;
  const read = secretReader();
  const found = [
    ...(await destinationFindings(lookable(parts), { read, url, isLocal })),
    ...(await routeFindings(parts.routes, url)),
    ...(await respondMistakes(parts.judged, url)),
  ];
  const mistakes = [
    ...own,
    ...secretMistakes(parts, read),
    ...tlsMistakes(parts, url),
    ...offMistakes(parts, read),
    ...(await compileSchemas(gateway?.sources ?? parts.sources, sampleOf)).mistakes,
    ...found.filter(({ mayPass }) => !mayPass),
  ];
  if (gateway === undefined || mistakes.length > 0) throw new ConfigError(path, mistakes);
  return { gateway, url, path, doubts: found.filter(({ mayPass }) => mayPass) };
}

type Found = Mistake & Pick<Finding, "mayPass">;

type Lookable = Pick<Destination, "name" | "type" | "options">;

/** Destinations whose own options lead somewhere, whatever is wrong with others. */
function lookable({ destinations, misread }: GatewayParts): readonly Lookable[] {
  const others = misread.flatMap(({ name, readable }) =>
    readable === undefined ? [] : { name, ...readable },
  );
  return [...destinations, ...others];
}

async function destinationFindings(
  destinations: readonly Lookable[],
  {
    read,
    url,
    isLocal,
  }: { readonly read: SecretReader; readonly url: string; readonly isLocal: boolean },
): Promise<readonly Found[]> {
  const findings = destinations.map(async ({ name, type, options }) => {
    const context = { name, secret: quiet(read), configUrl: url, workerPrelude, isLocal };
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

async function routeFindings(
  routes: GatewayParts["routes"],
  url: string,
): Promise<readonly Found[]> {
  const findings = routes.map(async (route, at) => {
    const transform = route?.transform;
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

function tlsMistakes({ server: { tls } }: GatewayParts, url: string): Mistake[] {
  if (tls === undefined) return [];
  const wanted = {
    certFile: "a PEM file of the certificate chain",
    keyFile: "a PEM file of its key, without a passphrase",
  };
  const given = { certFile: tls.certFile, keyFile: tls.keyFile };
  const mistakes = Object.entries(given).flatMap(([option, file]) => {
    const expected = wanted[option as keyof typeof wanted];
    const hint = faultIn(() => {
      const pem = readFileSync(pathInConfig(file, url));
      createSecureContext(option === "keyFile" ? { key: pem } : { cert: pem });
    });
    return hint === undefined ? [] : [{ path: `server.tls.${option}`, expected, hint }];
  });
  if (mistakes.length > 0) return mistakes;
  const hint = faultIn(() =>
    createSecureContext({
      cert: readFileSync(pathInConfig(tls.certFile, url)),
      key: readFileSync(pathInConfig(tls.keyFile, url)),
    }),
  );
  const expected = "the key of the certificate in certFile";
  return hint === undefined ? [] : [{ path: "server.tls.keyFile", expected, hint }];
}

/** What a piece of work fails by. */
function faultIn(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
