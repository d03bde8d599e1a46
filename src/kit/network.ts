import ipaddr from "ipaddr.js";

/**
 * Whether a text is an address or a CIDR range, with all four numbers of IPv4: `127/8` is read as
 * 0.0.0.127/8 by ipaddr.js, as `inet_aton` has it, and nobody means that.
 */
export function isNetwork(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) ||
    ipaddr.IPv4.isValidCIDRFourPartDecimal(text) ||
    ipaddr.IPv6.isValid(text) ||
    ipaddr.IPv6.isValidCIDR(text)
  );
}
