/**
 * How a provider is held against the SDK that its sender publishes. An entry says which SDK that is and
 * how it is asked; `sdks.test.ts` runs all of them. The SDKs are in a folder with a lock file of its own
 * (`sdks/`), and are loaded one by one: they have no types here.
 */
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { KeyMaterial } from "../../src/core/types.ts";

/** Where the SDKs are installed. */
export const sdkFolder = join(import.meta.dirname, "sdks");

/** Loads an SDK, or a file below its folder. */
export const load = createRequire(join(sdkFolder, "package.json"));

/** The version of an SDK that is installed. */
export function installedVersion(name: string): string {
  const file = join(sdkFolder, "node_modules", name, "package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}

/** A signed request as an SDK gets it; names of headers are in lower case. */
export type Sent = {
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secret: string;
};

/** What an SDK signs. */
export type ToSign = {
  readonly body: string;
  readonly secret: string;
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** What a provider needs to sign and verify, where a secret isn't all. */
type Given = {
  readonly options?: unknown;
  readonly material?: KeyMaterial;
  /** What signs, of what verifies. */
  readonly signingSecret?: (secret: string) => string;
};

/** A provider and the SDK of its sender. */
export type Entry = {
  readonly provider: string;
  /** Package and version, as the provider's evidence names it. */
  readonly sdk: string;
  /** The page of the sender that names the package, where the package isn't the sender's. */
  readonly namedAt?: string;
  /** A secret and another, where the form of the key isn't all that the SDK asks of them. */
  readonly secrets?: readonly [string, string];
  /** Fields that the SDK wants to see in a body. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Bodies in place of those that all others get. */
  readonly bodies?: readonly string[];
  /** Changes what is signed of a body, where that isn't all of it or stands there in another form. */
  readonly change?: (body: string) => string;
  /** What the provider needs beside the secret. */
  readonly given?: () => Given;
  /** Whether the SDK takes the signature for good. What throws, and false, is a refusal. */
  readonly accepts: (sent: Sent) => unknown;
  /** The headers that the SDK makes, where it signs. */
  readonly signs?: (given: ToSign) => Signature | Promise<Signature>;
  /**
   * What of a body the SDK doesn't see: spaces, since it signs anew what was parsed; or all of it, since
   * it leaves the digest beside the body to its user.
   */
  readonly blindTo?: "spaces" | "body";
  /** Addresses to try beside the common one, where path and query are signed. */
  readonly urls?: readonly string[];
  /** It looks at the signature only, however old the instant. */
  readonly ageless?: true;
};

/** Headers that carry a signature, and a query where that is signed along. */
type Signature = Readonly<Record<string, string>>;

/** The public key of a private one, as its sender shows it. */
export function publicOf(secret: string, form: "hex" | "base64" | "der" | "pem"): string {
  const key = createPublicKey(secret);
  if (form === "pem") return key.export({ type: "spki", format: "pem" }).toString();
  const der = key.export({ type: "spki", format: "der" });
  return form === "der" ? der.toString("base64") : der.subarray(-32).toString(form);
}

/** The headers of Standard Webhooks with a signature by that package's own `Webhook`. */
export function standardSigner(
  Webhook: new (secret: string) => { sign: (id: string, at: Date, body: string) => string },
  prefix: string,
): (given: ToSign) => Signature {
  return ({ body, secret, now }) => ({
    [`${prefix}-id`]: "msg_1",
    [`${prefix}-timestamp`]: String(Math.floor(now / 1000)),
    [`${prefix}-signature`]: new Webhook(secret).sign("msg_1", new Date(now), body),
  });
}
