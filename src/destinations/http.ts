import type { KeyObject } from "node:crypto";
import { z } from "zod";
import type {
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
  DestinationOptions,
} from "../core/define.ts";
import type { OpenDestination, Parcel, SecretRef } from "../core/types.ts";
import { forwardedValue } from "../kit/header-value.ts";
import { exchange } from "../net/exchange.ts";
import { guardedPool, type Lookup } from "../net/guarded-pool.ts";
import { isNetwork } from "../net/public-address.ts";
import {
  hasStandardSignature,
  headerForwarder,
  isSettable,
  surehookHeaders,
} from "./http-headers.ts";
import { outcomeOf } from "./http-outcome.ts";
import { liveValue, secretRef, unusable } from "./secret-ref.ts";
import { signatureHeader, signingKey } from "./signature.ts";

/** Options of `http()`, beside those of every destination. */
export type HttpOptions = DestinationOptions & {
  readonly url: string | SecretRef;
  /** Keys for Standard Webhooks signatures, one signature each. */
  readonly secrets?: readonly SecretRef[];
  readonly headers?: Readonly<Record<string, string | SecretRef>>;
  readonly method?: "POST" | "PUT" | "PATCH";
  /** Whether it may lead into a private network: `true`, or the CIDR ranges that it may lead to. */
  readonly allowPrivate?: boolean | readonly string[];
};

const settings = {
  url: z
    .union([z.url({ protocol: /^https?$/ }), secretRef])
    .describe(
      "Where events are sent; as a secret where the address is one. Redirects aren't followed.",
    ),
  secrets: z
    .array(secretRef)
    .min(1)
    .optional()
    .describe("Keys (`whsec_` and base64) for Standard Webhooks signatures, one signature each."),
  headers: z
    .record(
      z.string().refine(isSettable, "the name of a header that is not the gateway's own"),
      z.union([z.string(), secretRef]),
    )
    .optional()
    .describe("Headers to add, in place of the sender's of the same name."),
  method: z.enum(["POST", "PUT", "PATCH"]).optional().describe("HTTP method (default POST)."),
  allowPrivate: z
    .union([z.boolean(), z.array(z.string().refine(isNetwork, "an address or a CIDR range"))])
    .optional()
    .describe("Allow private and reserved addresses: all, or those of a list of CIDR ranges."),
};

const schema = z.object(settings);
type Settings = z.output<typeof schema>;

/** Sends events to an address over HTTP, their bytes unchanged. */
export function http(options: HttpOptions): DestinationDefinition {
  return { kind: "destination", type: httpKind, options };
}

/** HTTP as a kind of destination. */
export const httpKind: DestinationKind = {
  name: "http",
  title: "HTTP",
  settings,
  concurrency: 10,
  open: (options, context) => openHttp(options, context),
};

/** Opens an HTTP destination; throws `CONFIG_INVALID` where a secret is missing or unusable. */
export function openHttp(
  options: unknown,
  context: DestinationContext,
  network: { readonly lookup?: Lookup } = {},
): OpenDestination {
  const given = schema.parse(options);
  const url = targetOf(given, context);
  const keys = keysOf(given, context);
  const fixed = fixedHeaders(given, context);
  const forward = headerForwarder(new Set(fixed.filter((_, at) => at % 2 === 0)));
  const pool = guardedPool(url.origin, {
    ...network,
    allowPrivate: given.allowPrivate ?? false,
    connections: context.concurrency,
    connectTimeoutMs: Math.min(context.timeoutMs, 10_000),
    timeoutMs: context.timeoutMs,
  });
  const base = { path: url.pathname + url.search, method: given.method ?? "POST" };
  let closed: Promise<void> | undefined;
  return {
    send: async (parcel, signal) => {
      const own = ownHeaders(parcel, { keys, now: context.now() });
      const headers = forward(parcel, own.keepsStandard).concat(own.headers, fixed);
      const request = { ...base, headers, body: parcel.body };
      const exchanged = await exchange(pool, request, { signal, timeoutMs: context.timeoutMs });
      return outcomeOf(exchanged, context);
    },
    // A second `close` of a pool rejects.
    close: () => {
      closed ??= pool.close();
      return closed;
    },
  };
}

function targetOf({ url: given }: Settings, context: DestinationContext): URL {
  const text = liveValue(context, given);
  if (text === undefined)
    throw unusable(context, `the secret of its url is missing; set ${named(given)}`);
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw unusable(context, "its url is not an address that begins with https:// or http://");
  }
  if (url.username !== "" || url.password !== "") {
    const instead = 'headers: { authorization: secret("NAME") }';
    throw unusable(context, `its url holds a user name or password; use ${instead}`);
  }
  return url;
}

function keysOf({ secrets }: Settings, context: DestinationContext): KeyObject[] {
  if (secrets === undefined) return [];
  const keys = secrets.flatMap((ref) => {
    const value = liveValue(context, ref);
    if (value === undefined) return missing(context, ref);
    const key = signingKey(value.trim());
    if (key !== undefined) return [key];
    const remedy = 'make one with: echo "whsec_$(openssl rand -base64 32)"';
    throw unusable(context, `${ref.name} is not whsec_ and 24 bytes or more of base64; ${remedy}`);
  });
  if (keys.length > 0) return keys;
  const names = secrets.map(({ name }) => name).join(", ");
  throw unusable(context, `none of its secrets is set (${names}), so nothing could be signed`);
}

/** Names in lower case and values, in turn. */
function fixedHeaders({ headers = {} }: Settings, context: DestinationContext): string[] {
  return Object.entries(headers).flatMap(([name, given]) => {
    const text = liveValue(context, given);
    if (text === undefined) return typeof given === "string" ? [] : missing(context, given);
    const value = forwardedValue(text.trim());
    if (value !== undefined) return [name.toLowerCase(), value];
    throw unusable(
      context,
      `the value of its header ${name} holds a line break or control character`,
    );
  });
}

function missing(context: DestinationContext, ref: SecretRef): never[] {
  if (ref.optional) return [];
  throw unusable(context, `the secret ${ref.name} is missing; set it or ${ref.name}_FILE`);
}

function named(given: string | SecretRef): string {
  return typeof given === "string" ? "it" : given.name;
}

function ownHeaders(
  parcel: Parcel,
  signer: { readonly keys: readonly KeyObject[]; readonly now: number },
): { readonly headers: string[]; readonly keepsStandard: boolean } {
  const headers = surehookHeaders(parcel);
  if (signer.keys.length === 0 && hasStandardSignature(parcel.headers)) {
    return { headers, keepsStandard: true };
  }
  const { id } = parcel.event;
  const timestamp = String(Math.floor(signer.now / 1000));
  headers.push("webhook-id", id, "webhook-timestamp", timestamp);
  if (signer.keys.length > 0) {
    headers.push("webhook-signature", signatureHeader(signer.keys, { id, timestamp }, parcel.body));
  }
  return { headers, keepsStandard: false };
}
