/** What destinations over HTTP share: where they may lead, and how what is wrong with an option is told. */
import type { Pool } from "undici";
import * as z from "zod";
import type { CheckContext, DestinationContext, Finding } from "../core/define.ts";
import type { SecretRef } from "../core/types.ts";
import { isNetwork } from "../kit/network.ts";
import { guardedPool, type Lookup } from "../net/guarded-pool.ts";
import { liveValue } from "./secret-ref.ts";

/** What is wrong with an option; `isMissing` where only its secret isn't there. */
export type Problem = Required<Omit<Finding, "mayPass">> & { readonly isMissing?: true };

/** Throws where a destination is opened; collects where it is only looked at. */
export type Report = (problem: Problem) => undefined;

const networkWords = "an address or a CIDR range, such as 127.0.0.0/8 or fd00::/8";

/** The setting that lets a destination lead into a private network. */
export const allowPrivate = z
  .union([z.boolean(), z.array(z.string().refine(isNetwork, networkWords))])
  .optional();

/** What a look at options finds; a secret that isn't there is told elsewhere. */
export function findings(look: (report: Report) => void): readonly Finding[] {
  const problems: Problem[] = [];
  look((problem) => {
    problems.push(problem);
    return undefined;
  });
  return problems.filter(({ isMissing }) => !isMissing);
}

/** Tells of a secret that isn't there. An optional one may be missing, unless the option can't do without. */
export function absent(option: string, ref: SecretRef, report: Report): undefined {
  const hint = `set ${ref.name}, or ${ref.name}_FILE to a file that holds it`;
  const problem = { option, expected: `the secret ${ref.name}`, hint };
  return report(ref.optional ? problem : { ...problem, isMissing: true });
}

/** The address of an option, for requests that carry a token: over plain HTTP only where `plain` says so. */
export function secureTarget(
  { option, given }: { readonly option: string; readonly given: string | SecretRef },
  context: CheckContext,
  { report, plain }: { readonly report: Report; readonly plain: boolean },
): URL | undefined {
  const text = liveValue(context, given);
  if (text === undefined) {
    return typeof given === "string" ? undefined : absent(option, given, report);
  }
  const url = URL.parse(text.trim());
  const isSecure = url?.protocol === "https:" || (plain && url?.protocol === "http:");
  if (url !== null && isSecure && url.username === "" && url.password === "") return url;
  return report({
    option,
    expected: "an address that begins with https://, without a user name or password",
    hint: "a token is sent there; http:// is for tests with allowPrivate only",
  });
}

/** Guarded connections of a destination to an address. */
export function poolTo(
  url: URL,
  context: DestinationContext,
  guard: {
    readonly allowPrivate?: z.output<typeof allowPrivate>;
    readonly lookup?: Lookup | undefined;
  },
): Pool {
  return guardedPool(url.origin, {
    ...(guard.lookup === undefined ? {} : { lookup: guard.lookup }),
    allowPrivate: guard.allowPrivate ?? false,
    connections: context.concurrency,
    connectTimeoutMs: Math.min(context.timeoutMs, 10_000),
    timeoutMs: context.timeoutMs,
  });
}
