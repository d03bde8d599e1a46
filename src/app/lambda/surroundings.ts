/** What the functions stand on: the definition judged, its secrets, the engine. */
import type { AnyGateway } from "../../core/define.ts";
import type { PushedEngine } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import { judgeGateway } from "../../core/judge-gateway.ts";
import type { Gateway } from "../../core/settings.ts";
import { openAws } from "../../engines/aws/index.ts";
import { type SecretStore, secretStore } from "../../net/aws/secrets.ts";
import { type SecretReader, secretReader } from "../config.ts";
import { optionalVariable, variable } from "./environment.ts";

/** Judges a definition. Throws CONFIG_INVALID with every mistake. */
export function judged(definition: AnyGateway): Gateway {
  const judgement = judgeGateway(definition);
  if (judgement.kind === "gateway") return judgement.gateway;
  const lines = judgement.mistakes.map(({ path, expected }) => `${path}: expected ${expected}`);
  throw new GatewayError("CONFIG_INVALID", `The config has mistakes.\n${lines.join("\n")}`);
}

/** Opens the gateway's own store, as the function's environment names it. */
export function openStore(gateway: Gateway): Promise<PushedEngine> {
  return openAws({
    table: variable("SUREHOOK_TABLE"),
    bucket: variable("SUREHOOK_BUCKET"),
    clock: Date.now,
    retentionMs: gateway.retentionMs,
    limits: gateway.limits,
  });
}

/** Secrets of a function: those of Secrets Manager, and such as the environment has of itself. */
export type FunctionSecrets = Omit<SecretStore, "read"> & { readonly read: SecretReader };

/** Opens a function's secrets; they are read at its first use. */
export function openSecrets(): FunctionSecrets {
  const store = secretStore(optionalVariable("SUREHOOK_SECRETS") ?? {}, Date.now);
  const fromEnvironment = secretReader();
  return { ...store, read: (ref) => store.read(ref) ?? fromEnvironment(ref) };
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
