/** Secrets Manager, and the parameters that access tokens are shown in. */
import * as z from "zod";
import { GatewayError, messageOf } from "../../core/errors.ts";
import type { SecretRef, SecretValue } from "../../core/types.ts";
import { once, sdk, shortWaits } from "./sdk.ts";

/** Where each secret is: the name or ARN of one of Secrets Manager, and a field of it where it holds JSON. */
export const secretPlaces = z.record(
  z.string(),
  z.object({ id: z.string().min(1), field: z.string().optional() }),
);

/** Secrets by their names in the config. */
export type SecretPlaces = z.output<typeof secretPlaces>;

/** Secrets that are read once, and again when they may have been rotated. */
export type SecretStore = {
  /** Reads what isn't there yet, or is older than the longest age. */
  readonly refresh: () => Promise<void>;
  /** Reads again because a value didn't fit, if that wasn't just done; whether a value has changed. */
  readonly rotate: () => Promise<boolean>;
  readonly read: (ref: SecretRef) => SecretValue | undefined;
};

/** A rotated secret is live after this at the latest. */
const longestAgeMs = 300_000;
/** Forgers can't make it read more often than this. */
const leastAgeMs = 15_000;

/** Opens the secrets of a function. */
export function secretStore(places: SecretPlaces, now: () => number): SecretStore {
  const open = once(async () => {
    const manager = await sdk(
      "@aws-sdk/client-secrets-manager",
      () => import("@aws-sdk/client-secrets-manager"),
    );
    return { manager, client: new manager.SecretsManagerClient({ requestHandler: shortWaits }) };
  });
  const ids = [...new Set(Object.values(places).map(({ id }) => id))];
  let values: ReadonlyMap<string, SecretValue> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<boolean> | undefined;
  const readAll = async (): Promise<boolean> => {
    const { manager, client } = await open();
    const texts = await Promise.all(
      ids.map(async (SecretId) => {
        const command = new manager.GetSecretValueCommand({ SecretId });
        const { SecretString } = await client.send(command);
        return [SecretId, SecretString ?? ""] as const;
      }),
    );
    const found = valuesOf(places, new Map(texts));
    const isChanged = values !== undefined && !sameValues(values, found);
    values = found;
    readAt = now();
    return isChanged;
  };
  const readAgain = (): Promise<boolean> => {
    reading ??= readAll()
      .catch((error: unknown) => {
        // What was read goes on being used.
        if (values !== undefined) return false;
        throw unreadable(error);
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  return {
    refresh: async () => {
      if (ids.length > 0 && now() - readAt >= longestAgeMs) await readAgain();
    },
    rotate: async () => ids.length > 0 && now() - readAt >= leastAgeMs && (await readAgain()),
    read: ({ name }) => values?.get(name),
  };
}

function unreadable(error: unknown): GatewayError {
  const name = error instanceof Error ? `${error.name}: ` : "";
  return new GatewayError(
    "STORE_UNAVAILABLE",
    `The gateway's secrets can't be read: ${name}${messageOf(error)}`,
    { cause: error },
  );
}

function valuesOf(
  places: SecretPlaces,
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, SecretValue> {
  const found = Object.entries(places).flatMap(([name, { id, field }]) => {
    const text = texts.get(id) ?? "";
    const value = field === undefined ? text : fieldOf(text, field);
    // An empty one sets nothing: anybody can sign with an empty key.
    return value === undefined || value === "" ? [] : [[name, { name, value }] as const];
  });
  return new Map(found);
}

const jsonSecret = z.record(z.string(), z.unknown());

function fieldOf(text: string, field: string): string | undefined {
  try {
    const value = jsonSecret.parse(JSON.parse(text))[field];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function sameValues(
  a: ReadonlyMap<string, SecretValue>,
  b: ReadonlyMap<string, SecretValue>,
): boolean {
  return a.size === b.size && [...a].every(([name, { value }]) => b.get(name)?.value === value);
}

/** A token as a parameter shows it. */
export type ShownToken = {
  readonly name: string;
  readonly value: string;
  readonly expiresAt: number;
};

/** How long before a token's end its notification starts the refresher; Parameter Store's least unit is an hour. */
const noticeHours = 1;

/**
 * Shows a token in Parameter Store: it goes with its end, and tells before it does. (SecureString of the
 * advanced tier: only that has policies.)
 */
export function tokenShower(): (token: ShownToken) => Promise<void> {
  const open = once(async () => {
    const ssm = await sdk("@aws-sdk/client-ssm", () => import("@aws-sdk/client-ssm"));
    return { ssm, client: new ssm.SSMClient({ requestHandler: shortWaits }) };
  });
  return async ({ name, value, expiresAt }) => {
    const { ssm, client } = await open();
    const Timestamp = new Date(expiresAt).toISOString();
    const policies = [
      { Type: "Expiration", Version: "1.0", Attributes: { Timestamp } },
      {
        Type: "ExpirationNotification",
        Version: "1.0",
        Attributes: { Before: String(noticeHours), Unit: "Hours" },
      },
    ];
    await client.send(
      new ssm.PutParameterCommand({
        Name: name,
        Value: value,
        Type: "SecureString",
        Tier: "Advanced",
        Overwrite: true,
        Policies: JSON.stringify(policies),
      }),
    );
  };
}
