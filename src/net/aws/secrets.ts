/** Secrets Manager, and the parameters that access tokens are shown in. */
import * as z from "zod";
import { GatewayError, messageOf } from "../../core/errors.ts";
import type { SecretRef, SecretValue } from "../../core/types.ts";
import { once, sdk, shortWaits } from "./sdk.ts";

/**
 * Where secrets are, by the name or ARN of one of Secrets Manager: its whole text is that of `name`, or, where it
 * holds JSON, its `fields` are those of the names in the config. One with neither has a field of its own name for
 * each that no other place has: a list of hundreds would not fit into a function's environment.
 */
export const secretPlaces = z.array(
  z.object({
    id: z.string().min(1),
    name: z.string().optional(),
    fields: z.record(z.string(), z.string()).optional(),
  }),
);

/** Places of secrets. */
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

/** Opens the secrets of a function; where they are may have to be read first. */
export function secretStore(
  places: SecretPlaces | (() => Promise<SecretPlaces>),
  now: () => number,
): SecretStore {
  const hasPlaces = typeof places === "function" || places.length > 0;
  const placesOf = once(async () => (typeof places === "function" ? places() : places));
  const open = once(async () => {
    const manager = await sdk(
      "@aws-sdk/client-secrets-manager",
      () => import("@aws-sdk/client-secrets-manager"),
    );
    return { manager, client: new manager.SecretsManagerClient({ requestHandler: shortWaits }) };
  });
  let values: Values | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<boolean> | undefined;
  const readAll = async (): Promise<boolean> => {
    const [{ manager, client }, known] = await Promise.all([open(), placesOf()]);
    const ids = [...new Set(known.map(({ id }) => id))];
    const texts = await Promise.all(
      ids.map(async (SecretId) => {
        const command = new manager.GetSecretValueCommand({ SecretId });
        const { SecretString } = await client.send(command);
        return [SecretId, SecretString ?? ""] as const;
      }),
    );
    const found = new Map(texts);
    const isChanged =
      values !== undefined && ids.some((id) => values?.texts.get(id) !== found.get(id));
    values = valuesOf(known, found);
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
      if (hasPlaces && now() - readAt >= longestAgeMs) await readAgain();
    },
    rotate: async () => hasPlaces && now() - readAt >= leastAgeMs && (await readAgain()),
    read: ({ name }) => {
      const value = values?.read(name);
      // An empty one sets nothing: anybody can sign with an empty key.
      return value === undefined || value === "" ? undefined : { name, value };
    },
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

/** What was read: the texts by their ids, and what each name of the config stands for. */
type Values = {
  readonly texts: ReadonlyMap<string, string>;
  readonly read: (name: string) => string | undefined;
};

function valuesOf(places: SecretPlaces, texts: ReadonlyMap<string, string>): Values {
  const named = new Map<string, string | undefined>();
  const rest: Readonly<Record<string, unknown>>[] = [];
  for (const { id, name, fields } of places) {
    const text = texts.get(id) ?? "";
    if (name !== undefined) named.set(name, text);
    const found = fieldsIn(text);
    for (const [own, field] of Object.entries(fields ?? {})) named.set(own, textOf(found[field]));
    if (name === undefined && fields === undefined) rest.push(found);
  }
  const restOf = (name: string) => textOf(rest.find((found) => Object.hasOwn(found, name))?.[name]);
  return { texts, read: (name) => (named.has(name) ? named.get(name) : restOf(name)) };
}

const jsonSecret = z.record(z.string(), z.unknown());

function fieldsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return jsonSecret.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
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
