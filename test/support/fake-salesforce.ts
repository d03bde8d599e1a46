/**
 * Stands for Salesforce: its token address with three grants, and an Apex REST address, as its
 * documentation and what people report of it tell. Assertions are verified with the app's public key,
 * tokens end by its own clock and can be revoked, refresh tokens are used once where rotation is on.
 *
 * As a process: `node test/support/fake-salesforce.ts --port 4300 [--settings '{"rotates":true}']`. It
 * prints its address, shows what it received at `GET /_received`, and changes by `POST /_control`
 * with some of `{ "revoke": true, "maintenance": true, "advanceMs": 60000 }`.
 */
import { createPublicKey, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";

/** How it is set up. */
export type SalesforceSettings = {
  readonly port?: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly username?: string;
  /** The app's public key, in PEM. */
  readonly publicKey?: string;
  readonly audience?: string;
  /** The refresh token that a person's login gave. */
  readonly refreshToken?: string;
  /** Whether each refresh token is used once. */
  readonly rotates?: boolean;
  /** Session timeout. */
  readonly tokenMs?: number;
  /** The Apex class's address. */
  readonly path?: string;
  readonly clock?: () => number;
};

/** A post to the Apex REST address that its session let in. */
export type ReceivedRecord = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
};

/** What an Apex REST call is answered. */
export type ApexAnswer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** It, while it runs. */
export type FakeSalesforce = {
  readonly url: string;
  readonly apexUrl: string;
  /** Grants that it was asked for, in turn; refused ones too. */
  readonly logins: readonly string[];
  readonly issued: readonly string[];
  readonly records: readonly ReceivedRecord[];
  /** Calls that were refused for their session. */
  readonly refusedSessions: number;
  /** The refresh token that works now. */
  readonly refreshToken: string;
  /** Ends all sessions. */
  readonly revoke: () => void;
  readonly advance: (ms: number) => void;
  /** Answers everything with 503 until it is over. */
  readonly maintain: (isOn: boolean) => void;
  /** What the Apex class answers; `accepted` where not given. */
  readonly answerBy: (
    answer: (record: ReceivedRecord, token: string) => ApexAnswer | Promise<ApexAnswer>,
  ) => void;
  /** What happens before a login is answered. */
  readonly beforeLogin: (wait: () => Promise<void>) => void;
  readonly close: () => Promise<void>;
};

const accepted: ApexAnswer = { status: 200, body: { success: true } };

/** A refused record, as Apex REST tells it. */
export function refusal(errorCode: string, message: string, fields: readonly string[] = []) {
  return { status: 400, body: [{ message, errorCode, fields }] } satisfies ApexAnswer;
}

type State = {
  readonly settings: Required<SalesforceSettings>;
  readonly logins: string[];
  readonly issued: string[];
  readonly records: ReceivedRecord[];
  readonly sessions: Map<string, number>;
  readonly spent: Set<string>;
  refusedSessions: number;
  refreshToken: string;
  offsetMs: number;
  isMaintained: boolean;
  answer: (record: ReceivedRecord, token: string) => ApexAnswer | Promise<ApexAnswer>;
  wait: () => Promise<void>;
};

/** Opens it on a free port, or on a given one. */
export async function openSalesforce(given: SalesforceSettings = {}): Promise<FakeSalesforce> {
  const state = stateOf(given);
  const server = createServer((request, response) => {
    void handle(state, request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(state.settings.port, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    apexUrl: url + state.settings.path,
    logins: state.logins,
    issued: state.issued,
    records: state.records,
    get refusedSessions() {
      return state.refusedSessions;
    },
    get refreshToken() {
      return state.refreshToken;
    },
    ...controlsOf(state),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function stateOf(given: SalesforceSettings): State {
  const settings = {
    port: 0,
    clientId: "3MVG9.consumer.key",
    clientSecret: "19552799256752415",
    username: "integration@example.com",
    publicKey: "",
    audience: "https://login.salesforce.com",
    refreshToken: "5Aep861.first.refresh.token",
    rotates: false,
    tokenMs: 2 * 60 * 60_000,
    path: "/services/apexrest/SfdcStripe/",
    clock: Date.now,
    ...given,
  };
  return {
    settings,
    logins: [],
    issued: [],
    records: [],
    sessions: new Map(),
    spent: new Set(),
    refusedSessions: 0,
    refreshToken: settings.refreshToken,
    offsetMs: 0,
    isMaintained: false,
    answer: () => accepted,
    wait: async () => undefined,
  };
}

function controlsOf(state: State) {
  return {
    revoke: () => state.sessions.clear(),
    advance: (ms: number) => {
      state.offsetMs += ms;
    },
    maintain: (isOn: boolean) => {
      state.isMaintained = isOn;
    },
    answerBy: (answer: State["answer"]) => {
      state.answer = answer;
    },
    beforeLogin: (wait: State["wait"]) => {
      state.wait = wait;
    },
  };
}

function nowOf({ settings, offsetMs }: State): number {
  return settings.clock() + offsetMs;
}

async function handle(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split("?")[0] ?? "";
  const body = await buffer(request);
  if (path.startsWith("/_")) return reply(response, control(state, path, body));
  if (state.isMaintained) return reply(response, maintenance);
  if (path === "/services/oauth2/token") {
    return reply(response, await login(state, new URLSearchParams(body.toString()), request));
  }
  if (path.startsWith("/services/apexrest/")) {
    return reply(response, await apex(state, request, body));
  }
  reply(response, missing(path));
}

const maintenance: ApexAnswer = {
  status: 503,
  headers: { "retry-after": "120" },
  body: [{ errorCode: "SERVER_UNAVAILABLE", message: "We are down for maintenance." }],
};

function missing(path: string): ApexAnswer {
  const message = `Could not find a match for URL ${path}`;
  return { status: 404, body: [{ errorCode: "NOT_FOUND", message }] };
}

function control(state: State, path: string, body: Buffer): ApexAnswer {
  const { logins, records, refusedSessions } = state;
  if (path === "/_control") {
    const wish = JSON.parse(body.toString()) as {
      revoke?: true;
      maintenance?: boolean;
      advanceMs?: number;
    };
    if (wish.revoke) state.sessions.clear();
    state.isMaintained = wish.maintenance ?? state.isMaintained;
    state.offsetMs += wish.advanceMs ?? 0;
  }
  const shown = records.map((record) => ({ ...record, body: record.body.toString() }));
  return { status: 200, body: { logins, records: shown, refusedSessions } };
}

async function login(
  state: State,
  form: URLSearchParams,
  request: IncomingMessage,
): Promise<ApexAnswer> {
  const grant = form.get("grant_type") ?? "";
  state.logins.push(grant);
  await state.wait();
  if (request.method !== "POST") return denied("invalid_request", "must use HTTP POST");
  switch (grant) {
    case "client_credentials":
      return byClientCredentials(state, form);
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      return byAssertion(state, form.get("assertion") ?? "");
    case "refresh_token":
      return byRefreshToken(state, form);
    default:
      return denied("unsupported_grant_type", "grant type not supported");
  }
}

function denied(error: string, error_description: string): ApexAnswer {
  return { status: 400, body: { error, error_description } };
}

function clientFault({ settings }: State, form: URLSearchParams): ApexAnswer | undefined {
  if (form.get("client_id") !== settings.clientId) {
    return denied("invalid_client_id", "client identifier invalid");
  }
  if (form.get("client_secret") === settings.clientSecret) return undefined;
  return denied("invalid_client", "invalid client credentials");
}

function byClientCredentials(state: State, form: URLSearchParams): ApexAnswer {
  return clientFault(state, form) ?? session(state);
}

function byRefreshToken(state: State, form: URLSearchParams): ApexAnswer {
  const fault = clientFault(state, form);
  if (fault) return fault;
  const given = form.get("refresh_token") ?? "";
  if (state.spent.has(given)) {
    // A token that comes a second time has been stolen: nothing that it led to works any more.
    state.sessions.clear();
    state.refreshToken = "";
  }
  if (given === "" || given !== state.refreshToken) {
    return denied("invalid_grant", "expired access/refresh token");
  }
  if (!state.settings.rotates) return session(state);
  state.spent.add(given);
  state.refreshToken = `5Aep861.${randomBytes(12).toString("base64url")}`;
  return session(state, { refresh_token: state.refreshToken });
}

function byAssertion(state: State, assertion: string): ApexAnswer {
  const { publicKey, clientId, username, audience } = state.settings;
  const [head = "", claims = "", signature = ""] = assertion.split(".");
  const signed = Buffer.from(`${head}.${claims}`);
  const isSigned =
    partOf(head)["alg"] === "RS256" &&
    verify("sha256", signed, createPublicKey(publicKey), Buffer.from(signature, "base64url"));
  if (!isSigned) return denied("invalid_grant", "invalid assertion");
  const { iss, sub, aud, exp } = partOf(claims);
  const leftMs = Number(exp) * 1_000 - nowOf(state);
  if (iss !== clientId) return denied("invalid_client_id", "client identifier invalid");
  if (aud !== audience) return denied("invalid_grant", "audience is invalid");
  if (!(leftMs > 0 && leftMs <= 180_000)) {
    return denied("invalid_grant", "assertion is expired or too far in the future");
  }
  if (sub !== username) return denied("invalid_grant", "user hasn't approved this consumer");
  return session(state);
}

function partOf(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, "base64url").toString() || "{}") as Record<string, unknown>;
}

function session(state: State, more: object = {}): ApexAnswer {
  const token = `00D5e000000Fake!${randomBytes(24).toString("base64url")}`;
  state.issued.push(token);
  state.sessions.set(token, nowOf(state) + state.settings.tokenMs);
  return {
    status: 200,
    body: {
      access_token: token,
      instance_url: "https://fake.my.salesforce.com",
      id: "https://login.salesforce.com/id/00D5e000000FakeEAA/0055e000000FakeAAI",
      token_type: "Bearer",
      issued_at: String(nowOf(state)),
      signature: randomBytes(32).toString("base64"),
      scope: "api",
      ...more,
    },
  };
}

async function apex(state: State, request: IncomingMessage, body: Buffer): Promise<ApexAnswer> {
  const { headers, url = "", method } = request;
  const token = headers.authorization?.replace(/^Bearer /, "") ?? "";
  if ((state.sessions.get(token) ?? 0) <= nowOf(state)) {
    state.refusedSessions += 1;
    const fault = { message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" };
    return { status: 401, body: [fault] };
  }
  if (url !== state.settings.path) return missing(url);
  if (method !== "POST") {
    const message = `HTTP Method '${method}' not allowed. Allowed are POST`;
    return { status: 405, body: [{ errorCode: "METHOD_NOT_ALLOWED", message }] };
  }
  const { authorization: _, ...shown } = headers;
  const record = { path: url, headers: shown as ReceivedRecord["headers"], body };
  state.records.push(record);
  return state.answer(record, token);
}

function reply(response: ServerResponse, { status, body, headers = {} }: ApexAnswer): void {
  response.writeHead(status, { "content-type": "application/json;charset=UTF-8", ...headers });
  response.end(JSON.stringify(body));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { port: { type: "string" }, settings: { type: "string" } },
  });
  const settings = JSON.parse(values.settings ?? "{}") as SalesforceSettings;
  const port = Number(values.port ?? settings.port ?? 0);
  const { url, apexUrl, close } = await openSalesforce({ ...settings, port });
  process.stdout.write(`${JSON.stringify({ url, apexUrl, pid: process.pid })}\n`);
  process.once("SIGTERM", () => void close());
}
