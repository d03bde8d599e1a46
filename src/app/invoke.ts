/** Runs a function that is deployed to AWS here, once, on an event as AWS would hand it over. */
import type { AnyGateway } from "../core/define.ts";
import type { Log } from "../core/log.ts";
import type { Gateway } from "../core/settings.ts";
import { type Environment, givenVariable } from "./config.ts";
import { type FunctionName, judgeEvent } from "./invoked-events.ts";
import { sampleFor, sampleReader } from "./invoked-samples.ts";
import { importing } from "./json-gateway.ts";
import type { ApiEvent, Invocation } from "./lambda/events.ts";
import { functionLog } from "./lambda/log.ts";
import { onAws, type Surroundings } from "./lambda/surroundings.ts";
import { ConfigError, type ReadConfig, readConfig, readDefinition } from "./load-config.ts";
import { onThisMachine, type Told } from "./local-functions.ts";

/** What a function answered, and what it told to others where that went nowhere. */
export type Invoked = {
  readonly answer: unknown;
  readonly told: Told | undefined;
  /** Whether it could do its work. */
  readonly isDone: boolean;
};

/** As much as Lambda gives the functions at most. */
const invocation: Invocation = { getRemainingTimeInMillis: () => 900_000 };
/** Where requests come to that a config without an address of its own signs for. */
const localUrl = "http://localhost:4242";

type AnyFunction = (
  definition: AnyGateway,
  on: Surroundings,
) => (event: unknown, invocation: Invocation) => Promise<unknown>;

/**
 * Runs a function on an event, or on one of its own making: over the table and queues that the environment names,
 * else over the embedded store. Throws CONFIG_INVALID and USAGE.
 */
export async function invoke(
  name: FunctionName,
  given: {
    readonly event: unknown;
    readonly config: string | undefined;
    /** Whether nothing of a cloud is used: destinations keep events beside the store instead. */
    readonly isLocal: boolean;
  },
  environment: Environment,
): Promise<Invoked> {
  if (given.event !== undefined) judgeEvent(name, given.event);
  const read = withAddress(await readConfig(given.config, environment), given);
  const { definition, gateway, path, url, mistakes } = read;
  if (gateway === undefined) throw new ConfigError(path, mistakes);
  const isOnAws = givenVariable("SUREHOOK_TABLE") !== undefined && !given.isLocal;
  const local = isOnAws ? undefined : onThisMachine(environment.store, given);
  const { log, failures } = countingLog();
  try {
    const on = {
      ...(local?.on ?? onAws()),
      ...(given.isLocal ? { secret: sampleReader(gateway) } : {}),
      log,
    };
    // It was judged just now.
    const functions = await import("./lambda/index.ts");
    const made = importing(definition as AnyGateway, url);
    const receive = (around: Surroundings, request: ApiEvent) =>
      functions.receiver(made, around)(request);
    const event = await sampleFor(name, given, { gateway, on, receive });
    if (local !== undefined) forget(local.told);
    const answer = await (functions[name] as AnyFunction)(made, on)(event, invocation);
    return { answer, told: local?.told, isDone: failures() === 0 && isDone(answer) };
  } finally {
    await local?.close();
  }
}

/** A sample that was taken in beforehand is no doing of the function. */
function forget(told: Told): void {
  for (const list of Object.values(told)) list.length = 0;
}

/** As a bundle has it: the config's own address, else the one that its stack tells. */
function withAddress(read: ReadConfig, { isLocal }: { readonly isLocal: boolean }): ReadConfig {
  const publicUrl = givenVariable("SUREHOOK_PUBLIC_URL") ?? (isLocal ? localUrl : undefined);
  const isAllThatIsMissing = read.mistakes.every(({ path }) => path === "publicUrl");
  const { definition, url, path } = read;
  if (publicUrl === undefined || !isAllThatIsMissing) return read;
  // Without another mistake than this one it is an object.
  const { publicUrl: own = publicUrl, ...rest } = definition as Partial<Gateway>;
  return readDefinition({ ...rest, publicUrl: own }, { url, path });
}

/** The functions' log, and how many lines of it tell a fault. */
function countingLog(): { readonly log: Log; readonly failures: () => number } {
  const log = functionLog();
  let failures = 0;
  const error: Log["error"] = (...line) => {
    failures += 1;
    log.error(...line);
  };
  return { log: { ...log, error }, failures: () => failures };
}

function isDone(answer: unknown): boolean {
  const { statusCode = 200, batchItemFailures = [] } = (answer ?? {}) as {
    readonly statusCode?: number;
    readonly batchItemFailures?: readonly unknown[];
  };
  return statusCode < 500 && batchItemFailures.length === 0;
}
