import type { KeyObject } from "node:crypto";
import * as z from "zod";
import type {
  CheckContext,
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
  DestinationOptions,
  Finding,
} from "../core/define.ts";
import type { OpenDestination, Parcel, SecretRef } from "../core/types.ts";
import { forwardedValue } from "../kit/header-value.ts";
import { exchange } from "../net/exchange.ts";
import type { Lookup } from "../net/guarded-pool.ts";
import { isRefusedHost } from "../net/public-address.ts";
import {
  hasStandardSignature,
  headerForwarder,
  isSettable,
  surehookHeaders,
} from "./http-headers.ts";
import { outcomeOf } from "./http-outcome.ts";
import { liveValue, secretRef, unusable } from "./secret-ref.ts";
import { signatureHeader, signingKey } from "./signature.ts";
import { absent, allowPrivate, findings, type Problem, poolTo, type Report } from "./target.ts";

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
    .union([
      z.url({
        protocol: /^https?$/,
        error: "an address that begins with https:// or http://, such as https://example.com/hooks",
      }),
      secretRef,
    ])
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
  allowPrivate: allowPrivate.describe(
    "Allow private and reserved addresses: all, or those of a list of CIDR ranges.",
  ),
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
  target: "url",
  concurrency: 10,
  carriesHeaders: true,
  open: (options, context) => openHttp(options, context),
  check: checkHttp,
};

/** Opens an HTTP destination; throws `CONFIG_INVALID` where a secret is missing or unusable. */
export function openHttp(
  options: unknown,
  context: DestinationContext,
  network: { readonly lookup?: Lookup } = {},
): OpenDestination {
  const given = schema.parse(options);
  const refuse = ({ option, expected, hint }: Problem): never => {
    throw unusable(context, `${option}: expected ${expected}; ${hint}`);
  };
  const url = targetOf(given, context, refuse) ?? refuse(noTarget);
  const keys = keysOf(given, context, refuse);
  const fixed = fixedHeaders(given, context, refuse);
  const forward = headerForwarder(new Set(fixed.filter((_, at) => at % 2 === 0)));
  const pool = poolTo(url, context, { ...network, allowPrivate: given.allowPrivate });
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

async function checkHttp(options: unknown, context: CheckContext): Promise<readonly Finding[]> {
  const given = schema.parse(options);
  const found = findings((report) => {
    targetOf(given, context, report);
    keysOf(given, context, report);
    fixedHeaders(given, context, report);
  });
  return [...found, ...refusedAddress(given, context)];
}

/** It refuses no start: the gateway takes and keeps events all the same. */
function refusedAddress(given: Settings, context: CheckContext): Finding[] {
  const host = URL.parse(liveValue(context, given.url)?.trim() ?? "")?.hostname;
  if (host === undefined || !isRefusedHost(host, given.allowPrivate ?? false)) return [];
  return [
    {
      option: "url",
      expected: "a public address, but its host is private or reserved: each delivery is refused",
      hint: 'set allowPrivate to true, or to the ranges that are meant, such as ["127.0.0.0/8", "::1/128"]',
      mayPass: true,
    },
  ];
}

const noTarget: Problem = {
  option: "url",
  expected: "an address that begins with https:// or http://",
  hint: "the value of its secret is something else",
};

function targetOf({ url: given }: Settings, context: CheckContext, report: Report) {
  const text = liveValue(context, given);
  if (text === undefined)
    return typeof given === "string" ? undefined : absent("url", given, report);
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return report(noTarget);
  }
  if (url.username === "" && url.password === "") return url;
  return report({
    option: "url",
    expected: "an address without a user name or password",
    hint: 'use headers: { authorization: secret("NAME") }',
  });
}

function keysOf({ secrets = [] }: Settings, context: CheckContext, report: Report): KeyObject[] {
  const values = secrets.map((ref) => liveValue(context, ref));
  if (secrets.length > 0 && secrets.every((ref, at) => ref.optional && values[at] === undefined)) {
    report({
      option: "secrets",
      expected: "at least one secret that is set, or nothing could be signed",
      hint: `set ${secrets.map(({ name }) => name).join(" or ")}`,
    });
  }
  return secrets.flatMap((ref, at) => {
    const option = `secrets[${at}]`;
    const value = values[at];
    if (value === undefined) return (ref.optional ? undefined : absent(option, ref, report)) ?? [];
    return (
      signingKey(value.trim()) ??
      report({
        option,
        expected: `a signing key, but ${ref.name} is not whsec_ and 24 bytes or more of base64`,
        hint: 'make one with: echo "whsec_$(openssl rand -base64 32)"',
      }) ??
      []
    );
  });
}

/** Names in lower case and values, in turn. */
function fixedHeaders({ headers = {} }: Settings, context: CheckContext, report: Report): string[] {
  return Object.entries(headers).flatMap(([name, given]) => {
    const option = `headers.${name}`;
    const text = liveValue(context, given);
    if (text === undefined) {
      if (typeof given !== "string" && !given.optional) absent(option, given, report);
      return [];
    }
    const value = forwardedValue(text.trim());
    if (value !== undefined) return [name.toLowerCase(), value];
    const expected = "a value without line breaks and control characters";
    return report({ option, expected, hint: "a header can't carry them" }) ?? [];
  });
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
