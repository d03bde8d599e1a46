/**
 * What verifying a webhook of 2 KiB costs, in CPU time: held against a bare `createHmac(…).update(body).digest()`
 * with `timingSafeEqual`, and against the sender's own SDK. Slack stands for those that are declared as data. All three take turns in short stretches, so that a
 * machine that drifts drifts for all.
 */
import "@shopify/shopify-api/adapters/node";
import { createHmac, timingSafeEqual } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { verify as verifyGithub } from "@octokit/webhooks-methods";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import type { Provider } from "../src/core/define.ts";
import type { Request, VerifyInput } from "../src/core/types.ts";
import { headerPairs, rawHeadersFrom } from "../src/kit/raw-headers.ts";
import { github } from "../src/providers/github.ts";
import { shopify } from "../src/providers/shopify.ts";
import { slack } from "../src/providers/slack.ts";
import { standardWebhooks } from "../src/providers/standard-webhooks.ts";
import { stripe } from "../src/providers/stripe.ts";
import { type Figure, figure, show } from "./stats.ts";

const bodyBytes = 2_048;
/** Requests in a turn: some 50 ms, which is far more than reading the clock of the CPU. */
const perTurn = 4_000;
const warmUpTurns = 3;

/** Judges one request; throws or says false where it refuses. */
type Judge = () => unknown;

type Contest = {
  readonly sender: string;
  readonly bare: Judge;
  readonly ours: Judge;
  /** The sender's SDK, which may give a promise; where it isn't among the dependencies, nothing. */
  readonly theirs: Theirs | undefined;
};

type Theirs = { readonly sdk: string; readonly judge: Judge | (() => Promise<unknown>) };

type Scheme = {
  readonly provider: Provider;
  readonly secret: string;
  /** The bare HMAC of the same key over the same bytes. */
  readonly bare: (signed: Signed) => Judge;
  readonly theirs?: (signed: Signed) => Theirs["judge"];
};

type Signed = {
  readonly body: Buffer;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** CPU per verification, of ours, of the SDK's and of a bare HMAC, in rounds. */
export async function benchVerify({
  rounds,
}: {
  readonly rounds: number;
}): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {};
  for (const contest of contests()) results[contest.sender] = await measure(contest, rounds);
  return { turns: perTurn, bodyBytes, senders: results };
}

async function measure(contest: Contest, rounds: number): Promise<Record<string, unknown>> {
  const { bare, ours, theirs, sender } = contest;
  const judges = [bare, ours, ...(theirs === undefined ? [] : [theirs.judge])];
  for (const judge of judges) {
    if (!(await judge())) throw new Error(`${sender}: a right request was refused.`);
  }
  const taken: number[][] = [];
  for (let round = -warmUpTurns; round < rounds; round += 1) {
    const micros: number[] = [];
    for (const judge of judges) micros.push(await turn(judge));
    if (round >= 0) taken.push(micros);
  }
  return summarize(contest, taken);
}

/** Of each round: bare, ours, and the SDK's where there is one. */
function summarize(
  { sender, theirs }: Contest,
  taken: readonly (readonly number[])[],
): Record<string, unknown> {
  const over = (pick: (round: readonly number[]) => number): Figure => figure(taken.map(pick));
  const result = {
    bareMicros: over(([bare = 0]) => bare),
    oursMicros: over(([, ours = 0]) => ours),
    overBare: over(([bare = 0, ours = 0]) => ours / bare),
  };
  const line = `${sender}: ${show(result.oursMicros, 2)} µs, ${show(result.overBare, 2)} × bare`;
  if (theirs === undefined) {
    console.log(line);
    return result;
  }
  const overSdk = over(([, ours = 0, sdk = 0]) => ours / sdk);
  console.log(`${line}, ${show(overSdk, 2)} × ${theirs.sdk}`);
  return { ...result, sdk: theirs.sdk, sdkMicros: over(([, , sdk = 0]) => sdk), overSdk };
}

/** Microseconds of CPU for one, over a turn. */
async function turn(judge: Theirs["judge"]): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < perTurn; count += 1) {
    const verdict = judge();
    if (verdict instanceof Promise) await verdict;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / perTurn;
}

const secret = "bench-secret-of-32-characters-00";
const whsec = `whsec_${Buffer.from(secret).toString("base64")}`;
const now = Date.now();

function contests(): readonly Contest[] {
  return [
    contest("github", "@octokit/webhooks-methods", {
      provider: github,
      secret,
      bare: ({ body, headers }) =>
        bareHmac(secret, (headers["X-Hub-Signature-256"] ?? "").slice(7), "hex", () => [body]),
      theirs: ({ text, headers }) => {
        const signature = headers["X-Hub-Signature-256"] ?? "";
        return () => verifyGithub(secret, text, signature);
      },
    }),
    contest("stripe", "stripe", {
      provider: stripe,
      secret,
      bare: ({ body, headers }) => {
        const [stamp = "", signature = ""] = (headers["Stripe-Signature"] ?? "").split(",");
        return bareHmac(secret, signature.slice(3), "hex", () => [`${stamp.slice(2)}.`, body]);
      },
      theirs: ({ text, headers }) => {
        const sdk = new Stripe("sk_test_none");
        const header = headers["Stripe-Signature"] ?? "";
        // Verified only: what the SDK makes of the body afterwards isn't what is compared.
        return () => sdk.webhooks.signature?.verifyHeader(text, header, secret, 300);
      },
    }),
    contest("shopify", "@shopify/shopify-api", {
      provider: shopify,
      secret,
      bare: ({ body, headers }) =>
        bareHmac(secret, headers["X-Shopify-Hmac-Sha256"] ?? "", "base64", () => [body]),
      theirs: shopifySdk,
    }),
    contest("standard-webhooks", "standardwebhooks", {
      provider: standardWebhooks,
      secret: whsec,
      bare: ({ body, headers }) =>
        bareHmac(secret, (headers["webhook-signature"] ?? "").slice(3), "base64", () => [
          `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`,
          body,
        ]),
      theirs: ({ text, headers }) => {
        const sdk = new Webhook(whsec);
        return () => sdk.verify(text, { ...headers });
      },
    }),
    contest("slack", undefined, {
      provider: slack,
      secret,
      bare: ({ body, headers }) =>
        bareHmac(secret, (headers["X-Slack-Signature"] ?? "").slice(3), "hex", () => [
          `v0:${headers["x-slack-request-timestamp"]}:`,
          body,
        ]),
    }),
  ];
}

function contest(sender: string, sdk: string | undefined, scheme: Scheme): Contest {
  const text = JSON.stringify({ id: "evt_1", type: "thing.made", data: "" });
  const body = Buffer.from(text.replace('""', `"${"x".repeat(bodyBytes - text.length)}"`));
  const input = { body, secret: scheme.secret, now, options: {}, id: "evt_1", type: "thing.made" };
  const { headers } = scheme.provider.sign(input);
  const signed = { body, text: body.toString("utf8"), headers };
  const judge = scheme.theirs?.(signed);
  return {
    sender,
    bare: scheme.bare(signed),
    ours: ours(scheme, signed),
    theirs: sdk === undefined || judge === undefined ? undefined : { sdk, judge },
  };
}

/** As ingest does: headers as they come from a socket, among others that a sender has. */
function ours({ provider, secret: value }: Scheme, { body, headers }: Signed): Judge {
  const usual = { Host: "example.com", "User-Agent": "Sender/1.0", Accept: "*/*" };
  const request: Request = {
    id: "",
    source: "bench",
    receivedAt: now,
    method: "POST",
    path: "/hooks",
    query: "",
    params: {},
    headers: rawHeadersFrom({ ...usual, "Content-Type": "application/json", ...headers }),
    body,
    remoteAddress: "",
  };
  const input: VerifyInput = {
    request,
    secrets: [{ name: "A", value }],
    now,
    toleranceSeconds: 300,
    options: {},
  };
  return () => provider.verify(input).kind === "verified";
}

/** What nobody can verify with less of. */
function bareHmac(
  key: string,
  signature: string,
  encoding: "hex" | "base64",
  content: () => readonly (string | Buffer)[],
): Judge {
  return () => {
    const hmac = createHmac("sha256", key);
    for (const piece of content()) hmac.update(piece);
    return timingSafeEqual(hmac.digest(), Buffer.from(signature, encoding));
  };
}

function shopifySdk({ text, headers }: Signed): () => Promise<boolean> {
  const sdk = shopifyApi({
    apiKey: "key",
    apiSecretKey: secret,
    apiVersion: Object.values(ApiVersion).at(-1) as ApiVersion,
    hostName: "app.example.com",
    isEmbeddedApp: true,
    logger: { log: () => undefined },
  });
  const rawRequest = new IncomingMessage(new Socket());
  Object.assign(rawRequest, {
    method: "POST",
    url: "/hooks",
    headers: Object.fromEntries(headerPairs(rawHeadersFrom(headers))),
  });
  const rawResponse = new ServerResponse(rawRequest);
  return async () => {
    const { valid } = await sdk.webhooks.validate({
      rawBody: text,
      rawRequest,
      rawResponse,
    });
    return valid;
  };
}
