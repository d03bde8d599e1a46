/** The Salesforce destination against a server that behaves as Salesforce's token and Apex REST addresses do. */
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { sealedValues } from "../../src/app/sealed-values.ts";
import { type SealedValues, secret } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import { sealKey } from "../../src/core/seal.ts";
import type { Outcome } from "../../src/core/types.ts";
import {
  arrivals,
  contextOf,
  destinationConformance,
  noSignal,
  parcelOf,
  valuesInMemory,
} from "../../src/destinations/conformance.ts";
import { type SalesforceToken, salesforceKind } from "../../src/destinations/salesforce.ts";
import { openSqlite } from "../../src/engines/sqlite/index.ts";
import { hmac } from "../../src/providers/index.ts";
import {
  type FakeSalesforce,
  openSalesforce,
  refusal,
  type SalesforceSettings,
} from "../support/fake-salesforce.ts";
import { scratch } from "../support/gateway-process.ts";

const hourMs = 3_600_000;
const start = 1_800_000_000_000;
const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const secrets: Record<string, string> = {
  CLIENT_SECRET: "19552799256752415",
  PRIVATE_KEY: privateKey,
  REFRESH_TOKEN: "5Aep861.first.refresh.token",
};

const endings: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** One clock for Salesforce and gateways, which stands unless a test moves it. */
function clock() {
  let now = start;
  return {
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

async function salesforce(settings: SalesforceSettings = {}): Promise<FakeSalesforce> {
  const server = await openSalesforce({ publicKey, ...settings });
  endings.push(server.close);
  return server;
}

type Grants = Readonly<Record<SalesforceToken["grant"], SalesforceToken>>;

function grantsAt({ url: loginUrl }: Pick<FakeSalesforce, "url">): Grants {
  const app = { loginUrl, clientId: "3MVG9.consumer.key" };
  const clientSecret = secret("CLIENT_SECRET");
  const refreshToken = secret("REFRESH_TOKEN");
  return {
    client_credentials: { grant: "client_credentials", ...app, clientSecret },
    jwt: {
      grant: "jwt",
      ...app,
      username: "integration@example.com",
      privateKey: secret("PRIVATE_KEY"),
    },
    refresh_token: { grant: "refresh_token", ...app, clientSecret, refreshToken },
  };
}

type Given = {
  readonly token?: SalesforceToken;
  readonly values?: SealedValues;
  readonly now?: () => number;
  readonly secrets?: Record<string, string>;
  readonly options?: object;
  readonly timeoutMs?: number;
};

async function openAt(server: Pick<FakeSalesforce, "url" | "apexUrl">, given: Given = {}) {
  const { values = valuesInMemory(), now = () => start, timeoutMs = 10_000 } = given;
  const known = { ...secrets, ...given.secrets };
  const token = given.token ?? grantsAt(server).client_credentials;
  const context = contextOf({
    name: "crm",
    values,
    now,
    timeoutMs,
    secret: ({ name }) => {
      const value = known[name];
      return value === undefined ? undefined : { name, value };
    },
  });
  const options = { url: server.apexUrl, token, allowPrivate: true, ...given.options };
  const destination = await salesforceKind.open(options, context);
  endings.push(destination.close);
  return {
    ...destination,
    renew: destination.renew ?? (() => Promise.reject(new Error("it has no token"))),
    deliver: (body = '{"id":1}') =>
      destination.send(parcelOf({ body: Buffer.from(body) }), noSignal()),
  };
}

const delivered: Outcome = { kind: "delivered", status: 200 };

destinationConformance({
  kind: salesforceKind,
  open: async (behaviour) => {
    const server = await salesforce();
    const { add, next } = arrivals<Buffer>();
    server.answerBy(({ body }) => {
      add(body);
      if (behaviour === "hangs") return new Promise(() => undefined);
      return behaviour === "accepts" ? { status: 200, body: {} } : { status: 500, body: [] };
    });
    return { destination: await openAt(server), arrived: next, end: async () => undefined };
  },
});

describe("a token", () => {
  test.each(["client_credentials", "jwt", "refresh_token"] as const)(
    "is taken at first use, without anybody's help: %s",
    async (grant) => {
      const server = await salesforce({ clock: () => start });
      const crm = await openAt(server, { token: grantsAt(server)[grant] });
      expect(server.logins).toEqual([]);
      expect(await crm.deliver('{"n":1}')).toEqual(delivered);
      expect(await crm.deliver('{"n":2}')).toEqual(delivered);
      expect(server.logins).toHaveLength(1);
      expect(server.records.map(({ body }) => body.toString())).toEqual(['{"n":1}', '{"n":2}']);
    },
  );

  test("is shared by all deliveries that wait for it", async () => {
    const server = await salesforce();
    const crm = await openAt(server);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => crm.deliver()));
    expect(outcomes).toEqual(Array(20).fill(delivered));
    expect(server.logins).toHaveLength(1);
  });

  test("is used again after a restart", async () => {
    const server = await salesforce();
    const values = valuesInMemory();
    const before = await openAt(server, { values });
    await before.deliver();
    await before.close();
    expect(await (await openAt(server, { values })).deliver()).toEqual(delivered);
    expect(server.logins).toHaveLength(1);
  });

  test("is renewed before it ends, so that no session is refused", async () => {
    const time = clock();
    const server = await salesforce({ clock: time.now, tokenMs: 2 * hourMs });
    const crm = await openAt(server, { now: time.now });
    for (let minute = 0; minute <= 240; minute += 20) {
      expect(await crm.deliver()).toEqual(delivered);
      time.advance(20 * 60_000 - 1);
    }
    expect(server.refusedSessions).toBe(0);
    expect(server.logins).toHaveLength(3);
  });

  test("is renewed in time where sessions are shorter and tokenMinutes says so", async () => {
    const time = clock();
    const server = await salesforce({ clock: time.now, tokenMs: hourMs / 4 });
    const crm = await openAt(server, { now: time.now, options: { tokenMinutes: 15 } });
    await crm.deliver();
    time.advance(11 * 60_000);
    expect(await crm.deliver()).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
    expect(server.refusedSessions).toBe(0);
  });

  test("that was revoked is renewed at once, and the record delivered in the same attempt", async () => {
    const server = await salesforce();
    const crm = await openAt(server);
    await crm.deliver();
    server.revoke();
    expect(await crm.deliver('{"after":"revocation"}')).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
    expect(server.records.at(-1)?.body.toString()).toBe('{"after":"revocation"}');
    server.revoke();
    const many = await Promise.all(Array.from({ length: 20 }, () => crm.deliver()));
    expect(many).toEqual(Array(20).fill(delivered));
    expect(server.logins).toHaveLength(3);
  });

  test("that ended sooner than was thought is renewed at once too", async () => {
    const time = clock();
    const server = await salesforce({ clock: time.now, tokenMs: hourMs / 4 });
    const crm = await openAt(server, { now: time.now });
    await crm.deliver();
    time.advance(hourMs / 2);
    expect(await crm.deliver()).toEqual(delivered);
    expect(server.refusedSessions).toBe(1);
  });

  test("does to its end while the login is down", async () => {
    const time = clock();
    const server = await salesforce({ clock: time.now });
    const crm = await openAt(server, { now: time.now });
    await crm.deliver();
    time.advance(2 * hourMs - 60_000);
    server.beforeLogin(() => Promise.reject(new Error("down")));
    expect(await crm.deliver()).toEqual(delivered);
    expect(await crm.deliver()).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
    time.advance(120_000);
    expect(await crm.deliver()).toMatchObject({ kind: "failed", code: "TOKEN_UNAVAILABLE" });
  });

  test("is taken anew with other settings, and the old refresh token forgotten", async () => {
    const server = await salesforce({ rotates: true });
    const values = valuesInMemory();
    const token = grantsAt(server).refresh_token;
    await (await openAt(server, { values, token })).deliver();
    const renewed = { REFRESH_TOKEN: server.refreshToken };
    const crm = await openAt(server, { values, token, secrets: renewed });
    expect(await crm.deliver()).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
  });

  test("is taken by hand, whatever is kept", async () => {
    const server = await salesforce({ clock: () => start });
    const crm = await openAt(server);
    expect(await crm.renew()).toEqual({ expiresAt: start + 2 * hourMs });
    expect(await crm.renew()).toEqual({ expiresAt: start + 2 * hourMs });
    expect(server.logins).toHaveLength(2);
    expect(await crm.deliver()).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
  });
});

describe("a refresh token that is used once", () => {
  test("is replaced by the one that came with the token, also over restarts", async () => {
    const server = await salesforce({ rotates: true });
    const values = valuesInMemory();
    const token = grantsAt(server).refresh_token;
    for (let round = 0; round < 3; round += 1) {
      const crm = await openAt(server, { values, token });
      expect(await crm.deliver()).toEqual(delivered);
      server.revoke();
      expect(await crm.deliver()).toEqual(delivered);
      await crm.close();
      server.revoke();
    }
    expect(server.logins).toHaveLength(6);
  });

  test("is not lost in silence where its seal can't be opened", async () => {
    const server = await salesforce({ rotates: true });
    const kept = valuesInMemory();
    const engine = {
      get: async (name: string) => {
        const found = await kept.get(name);
        return found && { value: found.value ?? Buffer.alloc(0), version: found.version };
      },
      put: kept.put,
    };
    const withKey = (byte: number) =>
      sealedValues(engine, () => sealKey(Buffer.alloc(32, byte)), "crm");
    const token = grantsAt(server).refresh_token;
    await (await openAt(server, { values: withKey(1), token })).deliver();
    const other = await openAt(server, { values: withKey(2), token });
    expect(await other.deliver()).toMatchObject({
      kind: "failed",
      code: "TOKEN_UNAVAILABLE",
      detail: expect.stringMatching(/another key.*SUREHOOK_KEY.*surehook token crm/),
    });
    expect(server.logins).toHaveLength(1);
    const again = await openAt(server, { values: withKey(1), token });
    server.revoke();
    expect(await again.deliver()).toEqual(delivered);

    const asApp = grantsAt(server).client_credentials;
    expect(await (await openAt(server, { values: withKey(2), token: asApp })).deliver()).toEqual(
      delivered,
    );
  });
});

describe("two gateways on one store", () => {
  async function pair(server: FakeSalesforce, token: SalesforceToken, now = Date.now) {
    const folder = scratch("salesforce");
    endings.push(folder.remove);
    const key = sealKey(Buffer.alloc(32, 5));
    const looked = Promise.withResolvers<void>();
    const open = async (onLook?: () => void) => {
      const path = join(folder.path, "store.db");
      const engine = await openSqlite({ path, role: "operator", clock: Date.now });
      endings.push(engine.close);
      const kept = sealedValues(engine, () => key, "destinations.crm");
      const get = async (name: string) => {
        const found = await kept.get(name);
        onLook?.();
        return found;
      };
      return openAt(server, { values: { ...kept, get }, token, now });
    };
    return { one: await open(), two: await open(looked.resolve), looked: looked.promise };
  }

  test("take one token between them, and one when it is revoked", async () => {
    const server = await salesforce({ rotates: true });
    const { one, two } = await pair(server, grantsAt(server).refresh_token);
    const round = () => Promise.all([one, two, one, two].map((gateway) => gateway.deliver()));
    expect(await round()).toEqual(Array(4).fill(delivered));
    expect(server.logins).toHaveLength(1);
    server.revoke();
    expect(await round()).toEqual(Array(4).fill(delivered));
    expect(server.logins).toHaveLength(2);
    expect(new Set(server.issued).size).toBe(2);
  });

  test("take one before it ends", async () => {
    const time = clock();
    const server = await salesforce({ rotates: true, clock: time.now });
    const { one, two } = await pair(server, grantsAt(server).refresh_token, time.now);
    const round = () => Promise.all([one, two, one, two].map((gateway) => gateway.deliver()));
    for (let hours = 0; hours < 24; hours += 1) {
      expect(await round()).toEqual(Array(4).fill(delivered));
      time.advance(hourMs - 120_000);
    }
    expect(server.refusedSessions).toBe(0);
    expect(server.logins).toHaveLength(12);
  });

  test("wait for each other: while the one takes a token, the other doesn't", async () => {
    const server = await salesforce();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    server.beforeLogin(() => {
      asked.resolve();
      return answer.promise;
    });
    const { one, two, looked } = await pair(server, grantsAt(server).client_credentials);
    const first = one.deliver();
    await asked.promise;
    const second = two.deliver();
    await looked;
    answer.resolve();
    expect([await first, await second]).toEqual([delivered, delivered]);
    expect(server.logins).toHaveLength(1);
  });

  test("don't wait for ever for one that has gone", async () => {
    const time = clock();
    const server = await salesforce();
    const values = valuesInMemory();
    const asked = Promise.withResolvers<void>();
    const crashed = Promise.withResolvers<void>();
    server.beforeLogin(() => {
      asked.resolve();
      return crashed.promise;
    });
    const one = await openAt(server, { values, now: time.now, timeoutMs: 5_000 });
    const lost = one.deliver();
    await asked.promise;
    server.beforeLogin(async () => undefined);
    const used: string[] = [];
    server.answerBy((_, token) => {
      used.push(token);
      return { status: 200, body: {} };
    });
    time.advance(60_000);
    const two = await openAt(server, { values, now: time.now });
    expect(await two.deliver()).toEqual(delivered);
    crashed.resolve();
    // The first one's token came too late to be kept, and works all the same.
    expect(await lost).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
    const three = await openAt(server, { values, now: time.now });
    expect(await three.deliver()).toEqual(delivered);
    expect(server.logins).toHaveLength(2);
    expect(used).toEqual([server.issued[0], server.issued[1], server.issued[0]]);
  });
});

describe("a login that gives no token", () => {
  test.each([
    [
      "client_credentials",
      { CLIENT_SECRET: "wrong-client-secret" },
      /400: invalid_client: .*check clientId and clientSecret/,
    ],
    [
      "refresh_token",
      { REFRESH_TOKEN: "wrong-refresh-token" },
      /invalid_grant: expired access\/refresh token; log in again/,
    ],
    [
      "jwt",
      {
        PRIVATE_KEY: generateKeyPairSync("rsa", { modulusLength: 2048 })
          .privateKey.export({ type: "pkcs8", format: "pem" })
          .toString(),
      },
      /invalid_grant: invalid assertion; check username, privateKey/,
    ],
  ] as const)("says why: %s", async (grant, wrong, why) => {
    const server = await salesforce({ clock: () => start });
    const crm = await openAt(server, { token: grantsAt(server)[grant], secrets: wrong });
    const outcome = await crm.deliver();
    expect(outcome).toMatchObject({
      kind: "failed",
      code: "TOKEN_UNAVAILABLE",
      detail: expect.stringMatching(why),
      status: 400,
    });
    expect(outcome).not.toHaveProperty("permanent");
    for (const value of Object.values(wrong)) expect(JSON.stringify(outcome)).not.toContain(value);
    await expect(crm.renew()).rejects.toThrow(why);
  });

  test("is not asked again for ten seconds, however many deliveries wait", async () => {
    const time = clock();
    const server = await salesforce();
    const known = { CLIENT_SECRET: "wrong" };
    const crm = await openAt(server, { now: time.now, secrets: known });
    for (let n = 0; n < 5; n += 1) await crm.deliver();
    time.advance(4_000);
    expect(await crm.deliver()).toMatchObject({ kind: "failed", retryAfterMs: 6_000 });
    expect(server.logins).toHaveLength(1);
    time.advance(6_000);
    await crm.deliver();
    expect(server.logins).toHaveLength(2);
  });

  test("isn't asked again and again where Apex REST refuses what it gives", async () => {
    const time = clock();
    const server = await salesforce();
    server.answerBy(() => ({
      status: 401,
      body: [{ errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" }],
    }));
    const crm = await openAt(server, { now: time.now });
    for (let n = 0; n < 5; n += 1) {
      expect(await crm.deliver()).toMatchObject({ kind: "failed", status: 401 });
    }
    expect(server.logins).toHaveLength(2);
  });

  test("that is down for maintenance is an outage with its own wish", async () => {
    const server = await salesforce();
    server.maintain(true);
    const crm = await openAt(server);
    expect(await crm.deliver()).toMatchObject({
      kind: "failed",
      detail: "the login answered 503 without a token",
      retryAfterMs: 120_000,
    });
    server.maintain(false);
  });
});

describe("what is posted", () => {
  test("has the event's type of content and encoding, and says which event it is", async () => {
    const server = await salesforce();
    const crm = await openAt(server);
    const headers = [
      "Content-Type",
      "text/plain",
      "Content-Encoding",
      "gzip",
      "Sforce-Call-Options",
      "1",
      "ce-id",
      "e1",
    ];
    await crm.send(parcelOf({ headers, body: Buffer.from("zipped") }), noSignal());
    await crm.send(parcelOf({ headers: [] }), noSignal());
    const [first, second] = server.records;
    expect(first?.headers).toMatchObject({
      "content-type": "text/plain",
      "content-encoding": "gzip",
      "ce-id": "e1",
      "surehook-event-type": "order.paid",
      "surehook-attempt": "1",
    });
    expect(first?.headers["sforce-call-options"]).toBeUndefined();
    expect(second?.headers["content-type"]).toBe("application/json");
    expect(second?.headers["content-encoding"]).toBeUndefined();
  });

  test("is refused for good, or put off, as Salesforce says", async () => {
    const server = await salesforce();
    const crm = await openAt(server);
    server.answerBy(() => refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"));
    expect(await crm.deliver()).toEqual({
      kind: "failed",
      code: "DESTINATION_REFUSED",
      detail: "answered 400: REQUIRED_FIELD_MISSING: Required fields are missing: [Name]",
      status: 400,
      permanent: true,
    });
    server.maintain(true);
    const outage = await crm.deliver();
    expect(outage).toMatchObject({ code: "DESTINATION_STATUS", retryAfterMs: 120_000 });
    expect(outage).not.toHaveProperty("permanent");
  });

  test("never shows its token, though an answer repeats it", async () => {
    const server = await salesforce();
    server.answerBy((_, token) => refusal("ODD", `you sent Bearer ${token}`));
    const outcome = await (await openAt(server)).deliver();
    expect(outcome).toMatchObject({ detail: "answered 400: ODD: you sent Bearer …" });
  });

  test("goes to no private address unless that is allowed, and over TLS only", async () => {
    const server = await salesforce();
    const elsewhere = { allowPrivate: ["10.0.0.0/8"] };
    const crm = await openAt(server, { options: elsewhere });
    expect(await crm.deliver()).toMatchObject({
      code: "ADDRESS_REFUSED",
      detail: expect.stringContaining("127.0.0.1 is a private or reserved address"),
    });
    expect(server.logins).toEqual([]);
    await expect(openAt(server, { options: { allowPrivate: false } })).rejects.toThrow(
      "destinations.crm: url: expected an address that begins with https://",
    );
  });
});

describe("a look at the settings", () => {
  const judged = (token: unknown) => {
    const crm = {
      kind: "destination",
      type: salesforceKind,
      options: { url: "https://a.b", token },
    };
    const judgement = judgeGateway({
      sources: { shop: hmac({ path: "/in", header: "x-signature", unsigned: true }) },
      destinations: { crm },
      routes: [{ to: "crm" }],
    });
    return judgement.kind === "mistakes" ? judgement.mistakes : [];
  };
  const path = "destinations.crm.token";

  test("knows each grant's own, and tells what it wants instead", () => {
    const { jwt, client_credentials } = grantsAt({ url: "https://example.my.salesforce.com" });
    expect(judged(jwt)).toEqual([]);
    expect(judged({ ...jwt, grant: "jtw" })).toMatchObject([
      { path: `${path}.grant`, expected: '"client_credentials" or "jwt" or "refresh_token"' },
    ]);
    expect(judged("a token")).toMatchObject([
      { path, expected: expect.stringContaining("an object with grant"), hint: "got a text" },
    ]);
    expect(judged({ ...jwt, clientSecret: secret("CLIENT_SECRET") })).toMatchObject([
      { path: `${path}.clientSecret`, expected: "no option of this name" },
    ]);
    expect(judged({ ...client_credentials, clientSecret: "in the clear" })).toMatchObject([
      { path: `${path}.clientSecret`, expected: expect.stringContaining('secret("NAME")') },
    ]);
  });

  test("finds addresses and keys that can't be used", async () => {
    const loginUrl = "https://example.my.salesforce.com";
    const token = { ...grantsAt({ url: loginUrl }).jwt };
    const values: Record<string, string> = { URL: "not an address", PRIVATE_KEY: "not a key" };
    const look = (url: unknown) =>
      salesforceKind.check?.(
        { url, token },
        {
          name: "crm",
          secret: ({ name }) => (values[name] ? { name, value: values[name] } : undefined),
          configUrl: undefined,
        },
      );
    expect(await look(secret("URL"))).toMatchObject([
      { option: "url" },
      { option: "token.privateKey", expected: "an RSA private key in PEM" },
    ]);
    values["PRIVATE_KEY"] = privateKey.replaceAll("\n", "\\n");
    expect(await look("https://example.com/services/apexrest/In/")).toEqual([]);
    expect(await look(secret("MISSING"))).toEqual([]);
  });
});
