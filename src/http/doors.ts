/**
 * The doors that a request meets, whoever brought it: path, method, address, size. What follows once its
 * body is there is in `take.ts`.
 */
import { isDenied } from "../core/authorize.ts";
import type { Code } from "../core/errors.ts";
import { errors, GatewayError, messageOf } from "../core/errors.ts";
import { pickSource } from "../core/receive.ts";
import type { Source } from "../core/settings.ts";
import type { Answer, SecretValue } from "../core/types.ts";
import { headerOf, isCredential, withoutCredentials } from "../kit/raw-headers.ts";
import type { AddressSet } from "./address.ts";
import { addressSet } from "./address.ts";
import { refusal } from "./answer.ts";
import { encodingOf } from "./body.ts";
import { Rates } from "./rates.ts";
import { sourceFinder } from "./sources.ts";
import {
  type Admitted,
  type DoorOptions,
  judgeAndAccept,
  methodRefusal,
  type TakeContext,
} from "./take.ts";

export type { Admitted, DoorOptions } from "./take.ts";

/** A request before its body. */
export type Head = {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly rawHeaders: readonly string[];
  /** The client's address, after trusted proxies. */
  readonly remoteAddress: string;
};

/** The way of a request, in two steps. */
export type Doors = {
  /** All that can be said before the body is read. */
  readonly admit: (head: Head) => Admitted | Answer;
  /** Judges a request with its body, and keeps it. */
  readonly take: (admitted: Admitted, body: Buffer) => Answer | Promise<Answer>;
  /** What the sender is answered for a fault of ours, which is logged. */
  readonly faultOf: (error: unknown, url: string | undefined) => Answer;
};

type Context = TakeContext & {
  readonly find: ReturnType<typeof sourceFinder>;
  readonly allowed: ReadonlyMap<string, AddressSet>;
};

/** Makes the doors of a gateway. */
export function createDoors(options: DoorOptions): Doors {
  const { gateway } = options;
  const context: Context = {
    ...options,
    find: sourceFinder(gateway.sources),
    rates: new Rates(options.engine),
    byCredential: new Set(gateway.sources.filter(({ marks }) => marks.some(isCredential))),
    allowed: new Map(
      gateway.sources.flatMap(({ name, allowIps }) =>
        allowIps === undefined ? [] : [[name, addressSet(allowIps)] as const],
      ),
    ),
  };
  return {
    admit: (head) => admit(context, head),
    take: (admitted, body) =>
      judgeAndAccept(context, admitted, { ...admitted.head, id: context.newId(), body }),
    faultOf: (error, url) => faultOf(context, error, url),
  };
}

function admit(context: Context, head: Head): Admitted | Answer {
  const { url, method, rawHeaders, remoteAddress } = head;
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  const found = context.find(path);
  if (found === undefined) return refusal("UNKNOWN_PROVIDER");
  const picked = pickSource(found.sources, rawHeaders, query);
  const source = picked ?? (found.sources[0] as Source);
  if (!isTaken(source, method)) return methodRefusal(source);
  const secrets = context.secretsOf(source, found.params);
  if (isDenied(found.sources, rawHeaders, query)) return refusal("AUTHORIZATION_DENIED");
  const announcedBytes = Number(headerOf(rawHeaders, "content-length") ?? 0);
  const refused = refusedBefore(context, head, { source, secrets, announcedBytes });
  if (refused !== undefined || secrets === undefined) return refusal(refused ?? "UNKNOWN_PROVIDER");
  return {
    source,
    secrets,
    announcedBytes,
    isUnmarked: picked === undefined,
    head: {
      source: source.name,
      receivedAt: context.clock(),
      method,
      path,
      query,
      params: found.params,
      // What the provider judges by goes on until it has.
      headers: withoutCredentials(rawHeaders, source.marks),
      remoteAddress,
    },
  };
}

/** Methods other than POST are taken where a handshake of the source's provider comes with them. */
function isTaken({ provider }: Source, method: string): boolean {
  return method === "POST" || provider.methods?.some((one) => one === method) === true;
}

/** Why a request isn't let in, whatever its body. */
function refusedBefore(
  { allowed }: Context,
  { rawHeaders, remoteAddress }: Head,
  found: {
    readonly source: Source;
    readonly secrets: readonly SecretValue[] | undefined;
    readonly announcedBytes: number;
  },
): Code | undefined {
  const { source, secrets, announcedBytes } = found;
  if (allowed.get(source.name)?.(remoteAddress) === false) return "IP_NOT_ALLOWED";
  if (secrets === undefined) return "UNKNOWN_PROVIDER";
  if (secrets.length === 0 && !source.unsigned && !source.learns) return "SOURCE_OFF";
  if (encodingOf(rawHeaders) === "unknown") return "UNSUPPORTED_ENCODING";
  return announcedBytes > source.maxBodyBytes ? "BODY_TOO_LARGE" : undefined;
}

function faultOf({ log }: Context, error: unknown, url: string | undefined): Answer {
  const code = error instanceof GatewayError ? error.code : "INTERNAL";
  const status = errors[code].status === 413 ? 413 : 503;
  log.error({ code, error: messageOf(error), path: url?.split("?")[0] }, `answered ${status}`);
  return refusal(code, { status });
}
