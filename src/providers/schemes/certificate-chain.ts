/**
 * Certificates that a sender signs with: its own one first, then those that lead to a root (RFC 5280,
 * as far as senders need it: names, issuers' signatures, the right to issue, and dates). What was
 * judged is remembered, since a chain is the same for thousands of requests; only the dates are looked
 * at each time, so that a request of last year can be judged as of then.
 */
import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";

/** Whom a certificate speaks for, and from when to when its whole chain is valid, in milliseconds. */
type Chain = { readonly key: KeyObject; readonly from: number; readonly until: number };

/** A chain, or why it proves nothing. */
export type JudgedChain = Chain | { readonly fault: string };

const mostRemembered = 64;
const longestChain = 6;
const leastBits = 2048;

type Roots = {
  readonly certificates: readonly X509Certificate[];
  readonly judged: Map<string, JudgedChain>;
};

const rootsByList = new WeakMap<readonly string[], Roots>();

/**
 * The key of a certificate for `host` (with a leading dot: for any name below it) whose chain ends in
 * one of the roots and is valid at `now`.
 */
export function keyOfChain(
  pem: string,
  roots: readonly string[],
  wanted: { readonly host: string; readonly now: number },
): KeyObject | { readonly fault: string } {
  const chain = remembered(pem, roots, wanted.host);
  if ("fault" in chain) return chain;
  if (wanted.now < chain.from) return { fault: "the certificate is not valid yet" };
  return wanted.now > chain.until ? { fault: "the certificate has expired" } : chain.key;
}

function remembered(pem: string, list: readonly string[], host: string): JudgedChain {
  const roots = rootsOf(list);
  const name = `${host}\n${pem}`;
  const known = roots.judged.get(name);
  if (known !== undefined) return known;
  const judged = judge(pem, roots.certificates, host);
  if (roots.judged.size >= mostRemembered) roots.judged.clear();
  roots.judged.set(name, judged);
  return judged;
}

function rootsOf(list: readonly string[]): Roots {
  const known = rootsByList.get(list);
  if (known !== undefined) return known;
  const made = { certificates: list.map((pem) => new X509Certificate(pem)), judged: new Map() };
  rootsByList.set(list, made);
  return made;
}

function judge(pem: string, roots: readonly X509Certificate[], host: string): JudgedChain {
  const [own, ...others] = certificatesIn(pem);
  if (own === undefined) return { fault: "there is no certificate" };
  if (own.checkHost(host) === undefined) return { fault: `the certificate is not for ${host}` };
  const { asymmetricKeyType, asymmetricKeyDetails } = own.publicKey;
  if (asymmetricKeyType !== "rsa" || (asymmetricKeyDetails?.modulusLength ?? 0) < leastBits) {
    return { fault: `the certificate's key is not RSA of at least ${leastBits} bits` };
  }
  const path = pathToRoot(own, others, roots);
  if (path === undefined)
    return { fault: "the certificate's chain ends in no root that is trusted" };
  return {
    key: own.publicKey,
    from: Math.max(...path.map(({ validFromDate }) => validFromDate.getTime())),
    until: Math.min(...path.map(({ validToDate }) => validToDate.getTime())),
  };
}

function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.slice(0, longestChain).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function pathToRoot(
  own: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const path = [own];
  while (path.length <= longestChain) {
    const last = path.at(-1) as X509Certificate;
    // Of a root that was made anew under the same key, the one that lasts longest.
    const [root] = roots
      .filter((one) => hasIssued(one, last))
      .sort((a, b) => b.validToDate.getTime() - a.validToDate.getTime());
    if (root !== undefined) return [...path, root];
    const next = others.find((one) => one.ca && !path.includes(one) && hasIssued(one, last));
    if (next === undefined) return undefined;
    path.push(next);
  }
  return undefined;
}

function hasIssued(issuer: X509Certificate, issued: X509Certificate): boolean {
  const isWeak = /md5|sha1(?!\d)/i.test(issued.signatureAlgorithm ?? "");
  return !isWeak && issued.checkIssued(issuer) && issued.verify(issuer.publicKey);
}
