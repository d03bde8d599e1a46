/** Senders of Standard Webhooks: each its own name, evidence and type, and one scheme. */
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { type Known, signedBy } from "./declared.ts";
import type { Draft } from "./hmac-sign.ts";
import {
  type HeaderPrefix,
  identifyStandardWebhooks,
  signStandardWebhooks,
  standardWebhooksFacts,
  standardWebhooksMarks,
  verifyStandardWebhooks,
} from "./standard-webhooks.ts";
import { identifyBy, type Names, putNames } from "./telling.ts";

/** A sender of Standard Webhooks as data. */
export type StandardDeclaration = Known &
  Pick<Names, "type"> & {
    /** What its headers' names begin with, the sender's own first; default `webhook`. */
    readonly prefixes?: readonly HeaderPrefix[];
    /** What stands before the secret proper, such as `v1,`. */
    readonly secretPrefix?: string;
  };

/** Makes a provider of a sender of Standard Webhooks. */
/* @__NO_SIDE_EFFECTS__ */
export function declareStandardWebhooks(
  declaration: StandardDeclaration,
): ProviderFunction<object> {
  const { type, prefixes = ["webhook"], secretPrefix = "", ...known } = declaration;
  const [first = "webhook"] = prefixes;
  const bare = (secret: string): string =>
    secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  return defineProvider({
    ...known,
    scheme: { ...standardWebhooksFacts(first), ...(type && { type: [type].flat() }) },
    marks: () => standardWebhooksMarks(prefixes),
    verify: (input) => {
      if (secretPrefix === "") return verifyStandardWebhooks(prefixes, input);
      const secrets = input.secrets.map(({ name, value }) => ({ name, value: bare(value) }));
      return verifyStandardWebhooks(prefixes, { ...input, secrets });
    },
    sign: (input) => {
      const { headers } = signStandardWebhooks(first, { ...input, secret: bare(input.secret) });
      const draft: Draft = {
        headers: { ...headers },
        query: new URLSearchParams(),
        body: input.body,
      };
      putNames(draft, type === undefined ? {} : { type }, input);
      return signedBy(draft, input);
    },
    identify: (input) => {
      const named = identifyStandardWebhooks(prefixes, input);
      return type === undefined ? named : { ...named, type: identifyBy({ type }, input).type };
    },
  });
}
