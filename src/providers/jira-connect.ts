import { hash } from "node:crypto";
import { type Addressed, declareJwtProvider } from "./schemes/declared-jwt.ts";

/** Atlassian Connect apps. */
export const jiraConnect = declareJwtProvider({
  name: "jira-connect",
  title: "Atlassian Connect apps",
  docs: "https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/",
  evidence: { kind: "sdk", source: "atlassian-jwt@2.0.3" },
  notCovered: "the body: the token binds method, path and query only",
  token: { header: "Authorization", prefix: "JWT " },
  requestClaim: { claim: "qsh", of: queryHash },
  dated: "exp",
  id: { header: "X-Atlassian-Webhook-Identifier" },
  type: { json: "webhookEvent" },
  time: { json: "timestamp", unit: "ms" },
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
