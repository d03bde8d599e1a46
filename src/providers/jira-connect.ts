import { createPublicKey, hash, type KeyObject } from "node:crypto";
import type { Handshake, KeyAsk, VerifyInput } from "../core/types.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { sameText } from "../kit/same-text.ts";
import { type Addressed, declareJwtProvider } from "./schemes/declared-jwt.ts";
import { type LearnOptions, learningOf, learnSettings, learns } from "./schemes/handshakes.ts";
import { rememberKeys } from "./schemes/hmac.ts";
import { fitsPublicKey, type Jws, judgeTimes, parseJws } from "./schemes/jws.ts";
import { type Rejection, rejected } from "./schemes/verdict.ts";

const prefix = "JWT ";
/** A lifecycle's body is small: what is larger isn't parsed here. */
const mostBytes = 65_536;

/**
 * Atlassian Connect apps. That an app was installed or removed is told by a token of Atlassian's own key, which
 * is published by its id; the former shows the secret of all that follows. The app's base URL is `publicUrl`.
 */
export const jiraConnect = declareJwtProvider<LearnOptions>({
  name: "jira-connect",
  title: "Atlassian Connect apps",
  docs: "https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/",
  evidence: { kind: "sdk", source: "atlassian-jwt@2.0.3" },
  notCovered: "the body: the token binds method, path and query only",
  token: { header: "Authorization", prefix },
  requestClaim: { claim: "qsh", of: queryHash },
  dated: "exp",
  id: { header: "X-Atlassian-Webhook-Identifier" },
  type: { json: "webhookEvent" },
  time: { json: "timestamp", unit: "ms" },
  settings: learnSettings,
  more: {
    learns,
    signsUrl: learns,
    handshake: installed,
    handshakeWords: [
      "POST with `sharedSecret` of the body, by a JWT of Atlassian's own key: 200, and learned where `learn` is set",
    ],
    material: (input) => {
      const { keyId } = tokenOf(input) ?? {};
      return keyId === undefined ? [] : [keyAskOf(keyId)];
    },
  },
});

/** The digest of method, path and sorted query; the path is the one below the app's base URL, here the whole. */
function queryHash({ method, path, query }: Addressed): string {
  const values = Map.groupBy(new URLSearchParams(query), ([name]) => name);
  values.delete("jwt");
  const pairs = [...values].map(
    ([name, list]) => [encoded(name), list.map(([, value]) => encoded(value)).sort()] as const,
  );
  const sorted = pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted.map(([name, list]) => `${name}=${list.join(",")}`).join("&");
  const canonicalPath = path.replace(/\/+$/, "").replaceAll("&", "%26") || "/";
  return hash("sha256", [method.toUpperCase(), canonicalPath, text].join("&"), "hex");
}

/** As RFC 3986 has it: `encodeURIComponent` leaves five characters more. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A token by a key of Atlassian's own; any other is that of an event. */
function tokenOf({ request }: Pick<VerifyInput, "request">): Jws<"RS256"> | undefined {
  const given = headerOf(request.headers, "authorization") ?? "";
  const jws = given.startsWith(prefix) ? parseJws(given.slice(prefix.length), "RS256") : undefined;
  return /^[\w-]{1,128}$/.test(jws?.keyId ?? "") ? jws : undefined;
}

function keyAskOf(keyId: string): KeyAsk {
  const url = `https://connect-install-keys.atlassian.com/${keyId}`;
  return { kind: "key", name: url, url };
}

const keyOf = rememberKeys((pem): KeyObject | undefined => {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
});

function installed(input: VerifyInput): Handshake | Rejection | undefined {
  const { request, material } = input;
  const jws = request.method === "POST" ? tokenOf(input) : undefined;
  if (jws?.keyId === undefined) return undefined;
  const key = keyOf(material?.found.get(keyAskOf(jws.keyId).name) ?? "");
  if (key === undefined || !fitsPublicKey(jws, "RS256", key)) {
    return rejected("INVALID_SIGNATURE", "no key of Atlassian's made this token");
  }
  const told = request.body.length > mostBytes ? undefined : parseJson(request.body);
  const wrong = judgeClaims(input, jws.claims() ?? {}, told);
  if (wrong !== undefined) return wrong;
  const shown = textAt(told, "sharedSecret");
  if (textAt(told, "eventType") !== "installed" || shown === undefined) return greeted({});
  if (!/^[\x21-\x7e]{16,1024}$/.test(shown)) {
    return rejected("INVALID_FORMAT", "the sharedSecret has not the form of one");
  }
  const learning = learningOf(input, shown);
  return learning && greeted(learning);
}

function greeted(learning: { readonly learned?: string }): Handshake {
  const answer = { status: 200, body: "" };
  return { kind: "handshake", shape: "a lifecycle of the app", answer, ...learning };
}

/** Whose it is (the tenant's key stands in the body too), for whom, and for which request. */
function judgeClaims(
  input: VerifyInput,
  claims: Readonly<Record<string, unknown>>,
  told: unknown,
): Rejection | undefined {
  const late = judgeTimes(claims, input, false);
  if (late !== undefined) return late;
  if (claims["exp"] === undefined) {
    return rejected("INVALID_FORMAT", "the token has no end (exp)");
  }
  if (input.url === undefined) return rejected("VERIFICATION_FAILED", "no publicUrl is set");
  const audiences = [claims["aud"]].flat().map((one) => String(one).replace(/\/$/, ""));
  const { origin } = new URL(input.url);
  const tenant = textAt(told, "clientKey") ?? "";
  const fits =
    audiences.some((audience) => sameText(audience, origin)) &&
    tenant !== "" &&
    sameText(String(claims["iss"]), tenant) &&
    sameText(String(claims["qsh"]), queryHash(input.request));
  return fits
    ? undefined
    : rejected("INVALID_SIGNATURE", "the token is of another app, tenant or request");
}
