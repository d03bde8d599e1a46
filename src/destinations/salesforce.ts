import type { Dispatcher } from "undici";
import * as z from "zod";
import type {
  CheckContext,
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
  DestinationOptions,
  Finding,
} from "../core/define.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { OpenDestination, Outcome, Parcel, SecretRef } from "../core/types.ts";
import { forwardedValue } from "../kit/header-value.ts";
import { exchange } from "../net/exchange.ts";
import { AccessToken, type Token } from "./access-token.ts";
import { surehookHeaders } from "./http-headers.ts";
import { answerBytes, salesforceOutcome, withoutSecrets } from "./salesforce-answer.ts";
import {
  assertionKey,
  grantSchema,
  type Login,
  settingsId,
  takeToken,
} from "./salesforce-login.ts";
import { liveValue, unusable } from "./secret-ref.ts";
import { type Failed, failed, openSending } from "./sending.ts";
import { allowPrivate, findings, poolTo, type Report, secureTarget } from "./target.ts";

/** How `salesforce()` gets its access token. */
export type SalesforceToken = {
  /** Where tokens are got: `https://<your domain>.my.salesforce.com`. */
  readonly loginUrl: string | SecretRef;
  /** The app's consumer key. */
  readonly clientId: string | SecretRef;
} & (
  | { readonly grant: "client_credentials"; readonly clientSecret: SecretRef }
  | {
      readonly grant: "jwt";
      readonly username: string | SecretRef;
      /** An RSA key in PEM, whose certificate the app has. */
      readonly privateKey: SecretRef;
      readonly audience?: string;
    }
  | {
      readonly grant: "refresh_token";
      readonly refreshToken: SecretRef;
      readonly clientSecret?: SecretRef;
    }
);

/** Options of `salesforce()`, beside those of every destination. */
export type SalesforceOptions = DestinationOptions & {
  readonly url: string | SecretRef;
  readonly token: SalesforceToken;
  readonly tokenMinutes?: number;
  /** Whether it may lead into a private network: `true`, or the CIDR ranges that it may lead to. */
  readonly allowPrivate?: boolean | readonly string[];
};

const settings = {
  url: z
    .union([
      z.url({ protocol: /^https?$/, error: "an address that begins with https://" }),
      secretRef,
    ])
    .describe(
      "The Apex REST address that events are posted to, such as `https://…/services/apexrest/SfdcStripe/`. Redirects aren't followed.",
    ),
  token: grantSchema.describe(
    'How an access token is got, by `grant`: `"client_credentials"` (`loginUrl`, `clientId`, `clientSecret`), `"jwt"` (`loginUrl`, `clientId`, `username`, `privateKey`, `audience` where it is another than login or test.salesforce.com) or `"refresh_token"` (`loginUrl`, `clientId`, `clientSecret` where the app wants it, `refreshToken`). The token is kept sealed in the store, and renewed by one instance before it ends and at once when it is refused.',
  ),
  tokenMinutes: z
    .number()
    .min(10)
    .optional()
    .describe(
      "Minutes that a token lasts, which Salesforce doesn't say: the session timeout of the app or the user's profile (default 120, as Salesforce's own).",
    ),
  allowPrivate: allowPrivate.describe(
    "Allow private and reserved addresses, and plain HTTP: all, or those of a list of CIDR ranges.",
  ),
};

const schema = z.object(settings);
type Settings = z.output<typeof schema>;

const longestLoginMs = 15_000;
const defaultTokenMinutes = 120;
/** Attributes of CloudEvents in binary form are headers too. */
const describesBody = /^(content-(type|encoding)|ce-[a-z0-9]+)$/;

/** Posts events to an Apex REST address of Salesforce, their bytes unchanged, with a token that it sees to itself. */
export function salesforce(options: SalesforceOptions): DestinationDefinition {
  return { kind: "destination", type: salesforceKind, options };
}

/** Salesforce as a kind of destination. */
export const salesforceKind: DestinationKind = {
  name: "salesforce",
  title: "Salesforce (Apex REST)",
  settings,
  target: "url",
  concurrency: 10,
  carriesHeaders: true,
  open: openSalesforce,
  check: checkSalesforce,
};

/** Opens it; the token is taken at first use. Throws `CONFIG_INVALID` where a setting leads nowhere. */
function openSalesforce(options: unknown, context: DestinationContext): OpenDestination {
  const given = schema.parse(options);
  const urls = targetsOf(given, context, ({ option, expected, hint }) => {
    throw unusable(context, `${option}: expected ${expected}; ${hint}`);
  });
  if (urls === undefined) throw unusable(context, "its addresses can't be read");
  const login = openLogin(given, urls.login, context);
  const token = tokenOf(login);
  const target: Target = { url: urls.target, pool: poolTo(urls.target, context, given), context };
  const sending = openSending(context, {
    send: (parcel, signal) => send({ target, token }, parcel, signal),
    failure: (error) => failed("INTERNAL", messageOf(error)),
    close: async () => {
      await token.settled();
      await Promise.all([target.pool.close(), login.pool.close()]);
    },
  });
  return {
    ...sending,
    renew: async () => {
      const held = await token.renew();
      if (held.kind === "token") return { expiresAt: held.token.expiresAt };
      throw new GatewayError(held.code, held.detail);
    },
  };
}

async function checkSalesforce(
  options: unknown,
  context: CheckContext,
): Promise<readonly Finding[]> {
  return findings((report) => {
    targetsOf(schema.parse(options), context, report);
  });
}

function targetsOf(given: Settings, context: CheckContext, report: Report) {
  const { url, token } = given;
  const how = { report, plain: (given.allowPrivate ?? false) !== false };
  const target = secureTarget({ option: "url", given: url }, context, how);
  const login = secureTarget({ option: "token.loginUrl", given: token.loginUrl }, context, how);
  if (token.grant === "jwt") {
    const pem = liveValue(context, token.privateKey);
    if (pem !== undefined && assertionKey(pem) === undefined) {
      report({
        option: "token.privateKey",
        expected: "an RSA private key in PEM",
        hint: "give the key whose certificate the app has, from BEGIN to END",
      });
    }
  }
  return target && login && { target, login };
}

function openLogin(given: Settings, url: URL, context: DestinationContext) {
  return {
    grant: given.token,
    url,
    pool: poolTo(url, context, given),
    context,
    timeoutMs: Math.min(context.timeoutMs, longestLoginMs),
    lifetimeMs: (given.tokenMinutes ?? defaultTokenMinutes) * 60_000,
  } satisfies Login;
}

function tokenOf(login: Login): AccessToken {
  const { context, grant, timeoutMs } = login;
  // Only a refresh token that Salesforce has changed is nowhere but there.
  const unreadable = `the kept token was sealed with another key: set SUREHOOK_KEY to that one, or take a new token with: surehook token ${context.name}`;
  return new AccessToken({
    values: context.values,
    now: context.now,
    settings: () => settingsId(login),
    take: (refreshToken) => takeToken(login, refreshToken),
    takeMs: timeoutMs,
    unreadable: grant.grant === "refresh_token" ? unreadable : undefined,
    show: context.showToken,
  });
}

type Target = {
  readonly url: URL;
  readonly pool: Dispatcher;
  readonly context: DestinationContext;
};

type Way = { readonly target: Target; readonly token: AccessToken };

/** Posts with the token that is there; where that is refused, once more with a new one. */
async function send(way: Way, parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
  const first = await post(way, parcel, signal);
  if (first.used === undefined || first.outcome.kind !== "failed" || first.outcome.status !== 401) {
    return first.outcome;
  }
  way.token.refuse(first.used);
  const second = await post(way, parcel, signal);
  if (isSessionRefused(second.outcome)) way.token.rest(second.outcome);
  return second.outcome;
}

type Posted = { readonly outcome: Outcome; readonly used?: Token };

async function post({ target, token }: Way, parcel: Parcel, signal: AbortSignal): Promise<Posted> {
  const { url, pool, context } = target;
  const held = await token.get();
  if (held.kind === "failed") return { outcome: held };
  const used = held.token;
  const request = {
    path: url.pathname + url.search,
    method: "POST" as const,
    headers: [
      ...contentHeaders(parcel),
      ...surehookHeaders(parcel),
      "authorization",
      `Bearer ${used.value}`,
    ],
    body: parcel.body,
  };
  const bounds = { signal, timeoutMs: context.timeoutMs, keepBytes: answerBytes };
  const exchanged = withoutSecrets(await exchange(pool, request, bounds), [used.value]);
  return { outcome: salesforceOutcome(exchanged, context), used };
}

/** A token that was just taken is refused: the login gives what Apex REST doesn't take. */
function isSessionRefused(outcome: Outcome): outcome is Failed {
  return (
    outcome.kind === "failed" &&
    outcome.status === 401 &&
    outcome.detail.includes("INVALID_SESSION_ID")
  );
}

/** What describes the body. A sender's other headers stay behind: Salesforce obeys some, such as `Sforce-Call-Options`. */
function contentHeaders({ headers, event }: Parcel): string[] {
  const sent: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = (headers[at] as string).toLowerCase();
    const value = forwardedValue(headers[at + 1] as string);
    const isGone = event.inDecoded && name === "content-encoding";
    if (describesBody.test(name) && value !== undefined && !isGone) sent.push(name, value);
  }
  return sent.includes("content-type") ? sent : ["content-type", "application/json", ...sent];
}
