/** What the functions stand on: the definition judged, its secrets, the engine. */
import type { AnyGateway, DestinationContext } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import { judgeGateway } from "../../core/judge-gateway.ts";
import type { Log } from "../../core/log.ts";
import type { PushedEngine } from "../../core/pushed-engine.ts";
import type { SealKey } from "../../core/seal.ts";
import type { Gateway } from "../../core/settings.ts";
import { openAws } from "../../engines/aws/index.ts";
import { type ArchiveBucket, archiveBucket } from "../../net/aws/archive.ts";
import type { ClientWires, ConnectedClients } from "../../net/aws/live.ts";
import { readParameters } from "../../net/aws/parameters.ts";
import { type SecretPlaces, type SecretStore, secretStore } from "../../net/aws/secrets.ts";
import { type Announcement, busWriter, type QueueText, queueWriter } from "../../net/aws/wake.ts";
import { type SecretReader, secretReader } from "../config.ts";
import { textSealKey } from "../text-seal-key.ts";
import { optionalVariable, secretsText, variable } from "./environment.ts";

/** Judges a definition. Throws CONFIG_INVALID with every mistake. */
export function judged(definition: AnyGateway): Gateway {
  const judgement = judgeGateway(definition);
  if (judgement.kind === "gateway") return judgement.gateway;
  const lines = judgement.mistakes.map(({ path, expected }) => `${path}: expected ${expected}`);
  throw new GatewayError("CONFIG_INVALID", `The config has mistakes.\n${lines.join("\n")}`);
}

/** What stands around the functions: on AWS what the stack made; `surehook invoke` gives them other things. */
export type Surroundings = {
  readonly openStore: (gateway: Gateway) => Promise<PushedEngine>;
  readonly announce: (announcements: readonly Announcement[]) => Promise<void>;
  /** Tells the queue of what is due, or the one of what has died. */
  readonly tell: (queue: "due" | "dead", texts: readonly QueueText[]) => Promise<void>;
  readonly archive: () => ArchiveBucket;
  /** What small values such as tokens are sealed with. */
  readonly sealKey: (read: SecretReader) => SealKey;
  /** Where destinations of cloud services keep events instead; never on AWS. */
  readonly local?: DestinationContext["local"];
  /** Stands in for the connection table and the WebSocket API. */
  readonly live?: () => LiveSurroundings;
  /** Where secrets are that Secrets Manager doesn't have; default the environment. */
  readonly secret?: SecretReader;
  /** Makes an event's ids. */
  readonly newId?: () => string;
  readonly log?: Log;
};

/** Who is connected, and the way to them. */
export type LiveSurroundings = {
  readonly clients: ConnectedClients;
  readonly wires: ClientWires;
};

/** What the stack made, as the function's environment names it. */
export function onAws(): Surroundings {
  const announce = busWriter();
  const write = queueWriter();
  const shards = optionalVariable("SUREHOOK_SHARDS");
  return {
    openStore: (gateway) =>
      openAws({
        ...(shards === undefined ? {} : { shards }),
        table: variable("SUREHOOK_TABLE"),
        bucket: variable("SUREHOOK_BUCKET"),
        clock: Date.now,
        retentionMs: gateway.retentionMs,
        limits: gateway.limits,
      }),
    announce: async (announcements) => announce(variable("SUREHOOK_BUS"), announcements),
    tell: async (queue, texts) =>
      write(variable(queue === "due" ? "SUREHOOK_QUEUE_URL" : "SUREHOOK_DEAD_QUEUE_URL"), texts),
    archive: () => archiveBucket(variable("SUREHOOK_BUCKET")),
    sealKey: textSealKey,
  };
}

/** Secrets of a function: those of Secrets Manager, and such as the environment has of itself. */
export type FunctionSecrets = Omit<SecretStore, "read"> & { readonly read: SecretReader };

/** Opens a function's secrets; they are read at its first use. */
export function openSecrets({
  secret: fromEnvironment = secretReader(),
}: Surroundings): FunctionSecrets {
  const names = optionalVariable("SUREHOOK_SECRET_PARAMETERS");
  const places = optionalVariable("SUREHOOK_SECRETS") ?? [];
  const store = secretStore(names === undefined ? places : () => keptPlaces(names), Date.now);
  return { ...store, read: (ref) => store.read(ref) ?? fromEnvironment(ref) };
}

async function keptPlaces(names: readonly string[]): Promise<SecretPlaces> {
  return (await readParameters(names)).flatMap((text) => secretsText.parse(text));
}

/** Begins at once, while the function starts; a failure is told to who waits for it, and tried again after. */
export function early<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  begin().catch(() => undefined);
  return begin;
}
