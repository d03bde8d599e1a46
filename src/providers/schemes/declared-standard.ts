/** Senders of Standard Webhooks: each its own name, evidence and type, and one scheme. */
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { identifyBy, type Known, type Names } from "./declared.ts";
import {
  type HeaderPrefix,
  identifyStandardWebhooks,
  signStandardWebhooks,
  standardWebhooksMarks,
  verifyStandardWebhooks,
} from "./standard-webhooks.ts";

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
    scheme: {
      place: { header: `${first}-signature` },
      algorithm: "HMAC SHA-256, base64",
      key: "whsec",
      dated: true,
      coversBody: true,
    },
    marks: () => standardWebhooksMarks(prefixes),
    verify: (input) => {
      if (secretPrefix === "") return verifyStandardWebhooks(prefixes, input);
      const secrets = input.secrets.map(({ name, value }) => ({ name, value: bare(value) }));
      return verifyStandardWebhooks(prefixes, { ...input, secrets });
    },
    sign: (input) => signStandardWebhooks(first, { ...input, secret: bare(input.secret) }),
    identify: (input) => {
      const named = identifyStandardWebhooks(prefixes, input);
      return type === undefined ? named : { ...named, type: identifyBy({ type }, input).type };
    },
  });
}
