/** What to do where no answer came, by Node's code of what went wrong. */

const untrusted = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "INVALID_CA",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What to do about a request that got no answer; `url` is the address that was asked. */
export function adviceWithoutAnswer(code: string | undefined, url: string): string {
  if (code !== undefined && untrusted.has(code)) {
    return "A gateway answers there, but this machine doesn't trust who issued its certificate. Set NODE_EXTRA_CA_CERTS to a PEM file of that authority, or of the certificate itself where it is self-signed.";
  }
  switch (code) {
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "A gateway answers there, but its certificate is for another name. Give --url the address that the certificate is for.";
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return "A gateway answers there, but its certificate isn't valid today. Compare its dates with this machine's clock, and renew it.";
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return "What answers there doesn't speak TLS. Give --url an address that begins with http://.";
    case "ECONNRESET":
    case "HPE_INVALID_CONSTANT":
      return url.startsWith("http:")
        ? "The connection was closed without an answer. Where the gateway speaks TLS, give --url an address that begins with https://."
        : "The connection was closed without an answer. Send it again; the gateway's log says more.";
    case "ABORT_ERR":
    case "ETIMEDOUT":
      return "Nothing answered in time. Look at the gateway's log, or name another address with --url or --port.";
    default:
      return "Is the gateway running? Start it with `surehook start`, or name it with --url or --port.";
  }
}
