/**
 * Salesforce's token address and the three grants that need no person: client credentials, JWT bearer,
 * refresh token. https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flows.htm
 *
 * Its answer doesn't say how long the token lasts (no `expires_in`): that is the session timeout of the
 * user's profile or the app, two hours where nobody changed it.
 */
import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, sign } from "node:crypto";
import type { Dispatcher } from "undici";
import * as z from "zod";
import type { CheckContext, DestinationContext } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { SecretRef } from "../core/types.ts";
import { type Exchanged, exchange } from "../net/exchange.ts";
import type { Taken } from "./access-token.ts";
import { onOneLine, unanswered, wishIn } from "./http-outcome.ts";
import { shownCharacters, withoutSecrets } from "./salesforce-answer.ts";
import { liveValue, unusable } from "./secret-ref.ts";
import { type Failed, failed } from "./sending.ts";

const address = z.union([
  z.url({ protocol: /^https?$/, error: "an address that begins with https://" }),
  secretRef,
]);
const text = z.union([z.string().min(1), secretRef]);

const grants = '"client_credentials" or "jwt" or "refresh_token"';

/** How a token is got. */
export const grantSchema = z.discriminatedUnion(
  "grant",
  [
    z.strictObject({
      grant: z.literal("client_credentials"),
      loginUrl: address,
      clientId: text,
      clientSecret: secretRef,
    }),
    z.strictObject({
      grant: z.literal("jwt"),
      loginUrl: address,
      clientId: text,
      username: text,
      privateKey: secretRef,
      audience: z.url().optional(),
    }),
    z.strictObject({
      grant: z.literal("refresh_token"),
      loginUrl: address,
      clientId: text,
      clientSecret: secretRef.optional(),
      refreshToken: secretRef,
    }),
  ],
  { error: ({ code }) => (code === "invalid_union" ? grants : `an object with grant: ${grants}`) },
);

/** Settings of a grant. */
export type Grant = z.output<typeof grantSchema>;

/** Where tokens are got. */
export type Login = {
  readonly grant: Grant;
  readonly url: URL;
  readonly pool: Dispatcher;
  readonly context: DestinationContext;
  readonly timeoutMs: number;
  /** How long a token is taken to last where the answer doesn't say. */
  readonly lifetimeMs: number;
};

const keepBytes = 65_536;
/** An assertion may be valid for three minutes at most. */
const assertionSeconds = 120;

const answerSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().optional(),
});
const errorSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** Asks for a token. `refreshToken` is the last one that was given in place of the config's. */
export async function takeToken(login: Login, refreshToken: string | undefined): Promise<Taken> {
  const { context, url, pool, timeoutMs } = login;
  const startedAt = context.now();
  const form = formOrFault(login, refreshToken);
  if (!(form instanceof URLSearchParams)) return form;
  const request: Dispatcher.DispatchOptions = {
    path: "/services/oauth2/token",
    origin: url.origin,
    method: "POST",
    headers: ["content-type", "application/x-www-form-urlencoded", "accept", "application/json"],
    body: form.toString(),
  };
  const { signal } = new AbortController();
  const exchanged = await exchange(pool, request, { signal, timeoutMs, keepBytes });
  const answer = answerIn(exchanged);
  if (answer === undefined) return failureOf(withoutSecrets(exchanged, secretsIn(form)), login);
  const lifetimeMs = answer.expires_in === undefined ? login.lifetimeMs : answer.expires_in * 1_000;
  return {
    kind: "token",
    token: { value: answer.access_token, expiresAt: startedAt + lifetimeMs },
    refreshToken: answer.refresh_token,
  };
}

/** Names the settings that a token is taken with, without telling them. */
export function settingsId({ grant, url, context }: Login): string {
  const { clientId } = grant;
  const who = grant.grant === "jwt" ? [grant.username] : [];
  // Another refresh token in the config is meant to be used, in place of what the last one led to.
  const first = grant.grant === "refresh_token" ? [grant.refreshToken] : [];
  const parts = [clientId, ...who, ...first].map((given) => liveValue(context, given) ?? "");
  const all = JSON.stringify([grant.grant, url.origin, ...parts]);
  return createHash("sha256").update(all).digest("base64");
}

/** A private key that can sign assertions; undefined where it isn't one. Line breaks may be written as `\n`. */
export function assertionKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem.replaceAll(String.raw`\n`, "\n"));
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** A secret may have been changed since the start. */
function formOrFault(login: Login, refreshToken: string | undefined): URLSearchParams | Failed {
  try {
    return formOf(login, refreshToken);
  } catch (error) {
    return failed("TOKEN_UNAVAILABLE", messageOf(error));
  }
}

function formOf({ grant, url, context }: Login, refreshToken: string | undefined): URLSearchParams {
  const given = (ref: string | SecretRef): string => textOf(context, ref);
  switch (grant.grant) {
    case "client_credentials":
      return new URLSearchParams({
        grant_type: "client_credentials",
        client_id: given(grant.clientId),
        client_secret: given(grant.clientSecret),
      });
    case "jwt":
      return new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: assertionOf(grant, given, {
          audience: grant.audience ?? audienceOf(url),
          now: context.now(),
        }),
      });
    case "refresh_token":
      return new URLSearchParams({
        grant_type: "refresh_token",
        client_id: given(grant.clientId),
        ...(grant.clientSecret === undefined ? {} : { client_secret: given(grant.clientSecret) }),
        refresh_token: refreshToken ?? given(grant.refreshToken),
      });
    default:
      return grant satisfies never;
  }
}

function assertionOf(
  { clientId, username, privateKey }: Extract<Grant, { grant: "jwt" }>,
  given: (ref: string | SecretRef) => string,
  { audience, now }: { readonly audience: string; readonly now: number },
): string {
  const key = assertionKey(given(privateKey));
  if (key === undefined) throw new TypeError(`${privateKey.name} is not an RSA private key in PEM`);
  const exp = Math.floor(now / 1_000) + assertionSeconds;
  const claims = { iss: given(clientId), sub: given(username), aud: audience, exp };
  const signed = [{ alg: "RS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

/** Assertions name the general login address, not the organisation's own. */
function audienceOf({ hostname }: URL): string {
  const isSandbox = hostname === "test.salesforce.com" || hostname.includes(".sandbox.");
  return `https://${isSandbox ? "test" : "login"}.salesforce.com`;
}

function textOf(context: CheckContext, given: string | SecretRef): string {
  const value = liveValue(context, given)?.trim();
  if (value) return value;
  const name = typeof given === "string" ? given : given.name;
  throw unusable(context, `the secret ${name} is missing; set it or ${name}_FILE`);
}

function answerIn(exchanged: Exchanged) {
  if (exchanged.kind !== "answered" || exchanged.status !== 200) return undefined;
  return answerSchema.safeParse(jsonIn(exchanged.excerpt)).data;
}

function failureOf(exchanged: Exchanged, { grant, context }: Login): Failed {
  if (exchanged.kind !== "answered") {
    const failure = unanswered(exchanged, context);
    return { ...failure, detail: `the login: ${failure.detail}` };
  }
  const { status } = exchanged;
  return {
    ...failed("TOKEN_UNAVAILABLE", `the login answered ${status}${saidIn(exchanged, grant)}`),
    status,
    ...wishIn(exchanged, context.now()),
  };
}

function saidIn({ excerpt }: { readonly excerpt: Buffer }, grant: Grant): string {
  const told = errorSchema.safeParse(jsonIn(excerpt)).data;
  if (told === undefined) return " without a token";
  const { error, error_description: why } = told;
  const said = why === undefined ? error : `${error}: ${why}`;
  return `: ${onOneLine(said).slice(0, shownCharacters)}; ${adviceFor(grant, error)}`;
}

function adviceFor({ grant }: Grant, error: string): string {
  if (error.startsWith("invalid_client")) return "check clientId and clientSecret";
  if (grant === "refresh_token") return "log in again and set the new refresh token";
  if (grant === "jwt")
    return "check username, privateKey, audience, and that the user may use the app";
  return "check that the app allows the client credentials flow and names a user to run as";
}

function secretsIn(form: URLSearchParams): readonly string[] {
  return ["client_secret", "refresh_token", "assertion"].flatMap((name) => form.getAll(name));
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
