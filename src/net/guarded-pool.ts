/**
 * Connections to addresses that a person wrote into a config, or a tenant into a form: any of them may
 * point at the inside of our own network (SSRF). A name is resolved once per connection, and the socket
 * gets only the addresses that were judged, so that a name which resolves differently the second time
 * (DNS rebinding) gains nothing. Redirects are never followed: nothing here knows how to.
 */
import type { LookupAddress, LookupOptions } from "node:dns";
import { lookup as systemLookup } from "node:dns";
import { isIP } from "node:net";
import { buildConnector, Pool } from "undici";
import { GatewayError } from "../core/errors.ts";
import { type AllowPrivate, addressJudge } from "./public-address.ts";

type Addresses = readonly LookupAddress[];

/** Resolves a name to all of its addresses; `dns.lookup` fits. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void;

/** How connections are guarded. */
export type Guard = {
  readonly allowPrivate?: AllowPrivate;
  readonly connectTimeoutMs: number;
  /** In place of the system's resolver. */
  readonly lookup?: Lookup;
};

/** A guarded pool's bounds; time is for headers, and for each piece of the body. */
export type PoolOptions = Guard & {
  readonly connections: number;
  readonly timeoutMs: number;
  /** In place of one that the guard makes. */
  readonly connect?: buildConnector.connector;
};

/** undici's connector, which refuses every address that isn't allowed with `ADDRESS_REFUSED`. */
export function guardedConnector(guard: Guard): buildConnector.connector {
  const isAllowed = addressJudge(guard.allowPrivate ?? false);
  const connect = buildConnector({
    allowH2: false,
    timeout: Math.ceil(guard.connectTimeoutMs),
    lookup: guardedLookup(guard.lookup ?? systemLookup, isAllowed),
  } as buildConnector.BuildOptions);
  return (options, callback) => {
    // A literal address is never looked up. URL parsing has made one of 2130706433 and 0x7f.1.
    if (isIP(options.hostname) !== 0 && !isAllowed(options.hostname)) {
      callback(refused(options.hostname, [options.hostname]), null);
      return;
    }
    connect(options, callback);
  };
}

/** Kept-alive HTTP/1.1 connections to one origin, guarded, at most `connections` of them. */
export function guardedPool(origin: string, options: PoolOptions): Pool {
  return new Pool(origin, {
    connect: options.connect ?? guardedConnector(options),
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: Math.ceil(options.timeoutMs),
    bodyTimeout: Math.ceil(options.timeoutMs),
  });
}

type SocketLookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * A socket's lookup, whose answers are judged. Lookups of the same name that are under way are shared:
 * `getaddrinfo` runs in libuv's four threads, and a dead resolver must not let one destination take them all.
 */
function guardedLookup(lookup: Lookup, isAllowed: (address: string) => boolean): SocketLookup {
  const waiting = new Map<string, ((error: Error | null, found: Addresses) => void)[]>();
  const resolve = (hostname: string, done: (error: Error | null, found: Addresses) => void) => {
    const others = waiting.get(hostname);
    if (others !== undefined) {
      others.push(done);
      return;
    }
    const all = [done];
    waiting.set(hostname, all);
    lookup(hostname, { all: true }, (error, found) => {
      waiting.delete(hostname);
      for (const each of all) each(error, found);
    });
  };
  return (hostname, options, callback) => {
    resolve(hostname, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => isAllowed(address));
      const [first] = allowed;
      if (first === undefined) {
        const addresses = found.map(({ address }) => address);
        return callback(refused(hostname, addresses), []);
      }
      if (options.all) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

function refused(hostname: string, addresses: readonly string[]): GatewayError {
  const what = addresses.length === 0 ? "no address" : addresses.join(", ");
  return new GatewayError(
    "ADDRESS_REFUSED",
    addresses[0] === hostname
      ? `${hostname} is a private or reserved address; set allowPrivate if it is meant`
      : `${hostname} resolves to ${what}: private or reserved; set allowPrivate if it is meant`,
  );
}
