import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { isNetwork } from "../kit/network.ts";
import { headersOf } from "../kit/raw-headers.ts";

/** Whether an address is in a set of addresses and ranges. */
export type AddressSet = (address: string) => boolean;

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/** The set of a list of addresses, CIDR ranges and the names `loopback` and `private`. Throws on anything else. */
export function addressSet(list: readonly string[]): AddressSet {
  const ranges = list.flatMap((entry) => named[entry] ?? [entry]).map(rangeOf);
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([base, bits]) => parsed.kind() === base.kind() && parsed.match(base, bits));
  };
}

function rangeOf(text: string): Range {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Whether a set's list may have this entry: an address, a CIDR range, `loopback` or `private`. */
export function isAddressEntry(entry: string): boolean {
  return Object.hasOwn(named, entry) || isNetwork(entry);
}

/** Who is at the other end of a connection, and what it says of who is behind it. */
export type Peer = {
  readonly remoteAddress: string | undefined;
  readonly rawHeaders: readonly string[];
};

/**
 * The client's address: the socket's, or where that is a trusted proxy's, the last entry of
 * `X-Forwarded-For` that no trusted proxy wrote.
 */
export function clientAddress(
  { remoteAddress = "", rawHeaders }: Peer,
  isTrusted: AddressSet | undefined,
): string {
  const socket = withoutMapping(remoteAddress);
  if (isTrusted === undefined || !isTrusted(socket)) return socket;
  const hops = headersOf(rawHeaders, "x-forwarded-for")
    .flatMap((value) => value.split(","))
    .map((hop) => plain(hop.trim()))
    .filter((hop) => hop !== "");
  const stranger = hops.findLast((hop) => !isTrusted(hop));
  return stranger ?? hops[0] ?? socket;
}

/** Without a port, which some proxies (Azure's) write behind the address, and without brackets. */
function plain(written: string): string {
  const [, inBrackets, beforePort] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(written) ?? [];
  return withoutMapping(inBrackets ?? beforePort ?? written);
}

/** An IPv4 address that came in over IPv6 is itself. */
function withoutMapping(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

/** The peer of a request of `node:http`. */
export function peerOf({ socket, rawHeaders }: IncomingMessage): Peer {
  return { remoteAddress: socket.remoteAddress, rawHeaders };
}
