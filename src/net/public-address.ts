import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** Which addresses beside public ones may be connected to: none, all, or those of a list of CIDR ranges. */
export type AllowPrivate = boolean | readonly string[];

/** Global unicast by allocation (RFC 4291, 2.4); ipaddr.js calls unallocated space "unicast" too. */
const allocatedV6 = ipaddr.parseCIDR("2000::/3");

/** Public by range, yet served inside a cloud: Azure's WireServer (metadata, DNS, certificates). */
const platformNetworks: readonly Network[] = [ipaddr.parseCIDR("168.63.129.16/32")];

/**
 * Whether an address belongs to the public Internet. Private, loopback, link-local (with the clouds'
 * metadata services), shared, reserved and multicast ones don't, nor does IPv6 that carries an IPv4
 * address (mapped, NAT64, 6to4, Teredo), since what it leads to is decided elsewhere.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === undefined || parsed.range() !== "unicast") return false;
  if (parsed.kind() === "ipv6" && !isWithin(parsed, allocatedV6)) return false;
  return !platformNetworks.some((network) => isWithin(parsed, network));
}

/** The judge of a destination's addresses: true where one may be connected to. */
export function addressJudge(allowPrivate: AllowPrivate): (address: string) => boolean {
  if (allowPrivate === true) return () => true;
  if (allowPrivate === false) return isPublicAddress;
  const allowed = allowPrivate.map(parseNetwork);
  return (address) => {
    if (isPublicAddress(address)) return true;
    const parsed = parseAddress(address);
    return parsed !== undefined && allowed.some((network) => isWithin(parsed, network));
  };
}

/** Whether a URL's host is certainly refused: by the address that it is, or as a name of this machine (RFC 6761, 6.3). */
export function isRefusedHost(hostname: string, allowPrivate: AllowPrivate): boolean {
  const isAllowed = addressJudge(allowPrivate);
  if (/^(.+\.)?localhost\.?$/.test(hostname)) return !isAllowed("127.0.0.1") && !isAllowed("::1");
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  return parseAddress(address) !== undefined && !isAllowed(address);
}

function parseNetwork(text: string): Network {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function parseAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.parse(text) : undefined;
}

function isWithin(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
