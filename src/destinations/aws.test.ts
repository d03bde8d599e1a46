/** How the answers of AWS become outcomes, of real clients against real servers. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { secret } from "../core/define.ts";
import { clientModule, regionIn } from "./aws.ts";
import { awsFindings, awsForms } from "./aws-address.ts";
import { contextOf, noSignal, parcelOf } from "./conformance.ts";
import { sqsKind } from "./sqs.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/000000000000/orders";
const hidden = /^AWS_/;
const endings: (() => Promise<void>)[] = [];
let before: NodeJS.ProcessEnv = {};

beforeEach(() => {
  before = { ...process.env };
  for (const name of Object.keys(process.env)) if (hidden.test(name)) delete process.env[name];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
});

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  for (const name of Object.keys(process.env)) if (hidden.test(name)) delete process.env[name];
  Object.assign(process.env, before);
});

async function answering(answer: (response: ServerResponse) => void) {
  const requests: string[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    requests.push(request.headers.authorization ?? "");
    bodies.push(await text(request));
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  endings.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { endpoint: `http://127.0.0.1:${port}`, requests, bodies };
}

async function send(options: object, given = {}) {
  const context = contextOf({ now: () => 1_700_000_000_000, ...given });
  const destination = await sqsKind.open({ queueUrl, ...options }, context);
  try {
    return await destination.send(parcelOf(), noSignal());
  } finally {
    await destination.close();
  }
}

function refusing(status: number, type: string, headers = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0", ...headers });
    response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: "so it is" }));
  };
}

describe("an attempt at AWS", () => {
  it.each([
    [400, "RequestThrottled", {}, undefined],
    [400, "ThrottlingException", { "retry-after": "7" }, 7000],
    [503, "ServiceUnavailable", { "retry-after": "Tue, 14 Nov 2023 22:14:20 GMT" }, 60_000],
    [500, "InternalError", {}, undefined],
    [403, "AccessDenied", {}, undefined],
  ])(
    "that is answered %i %s fails once, to be tried again",
    async (status, type, headers, wish) => {
      const { endpoint, requests } = await answering(refusing(status, type, headers));
      expect(await send({ endpoint })).toEqual({
        kind: "failed",
        code: "DESTINATION_STATUS",
        status,
        detail: `${type}: so it is`,
        ...(wish === undefined ? {} : { retryAfterMs: wish }),
      });
      expect(requests).toHaveLength(1);
    },
  );

  it.each(["", "<html>", "{"])("survives an answer that isn't AWS's: %j", async (body) => {
    const { endpoint } = await answering((response) => {
      response.statusCode = 502;
      response.end(body);
    });
    expect(await send({ endpoint })).toMatchObject({ code: "DESTINATION_STATUS", status: 502 });
  });

  it("times out by itself", async () => {
    const { endpoint } = await answering(() => undefined);
    expect(await send({ endpoint }, { timeoutMs: 100 })).toEqual({
      kind: "failed",
      code: "DESTINATION_TIMEOUT",
      detail: "no answer within 0.1 s",
    });
  });

  it("says ECONNREFUSED where nobody listens", async () => {
    const { endpoint } = await answering(() => undefined);
    for (const end of endings.splice(0)) await end();
    expect(await send({ endpoint })).toMatchObject({
      code: "DESTINATION_UNREACHABLE",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("without credentials says how to give some", async () => {
    delete process.env["AWS_ACCESS_KEY_ID"];
    const { endpoint, requests } = await answering(refusing(400, "Never"));
    expect(await send({ endpoint })).toMatchObject({
      code: "DESTINATION_UNREACHABLE",
      detail: expect.stringContaining("AWS_PROFILE"),
    });
    expect(requests).toEqual([]);
  });

  it.each([
    ["its setting", { region: "ap-south-1" }, "ap-south-1"],
    ["the queue's address", {}, "eu-central-1"],
    ["AWS_REGION", { queueUrl: "https://queue.example/000000000000/orders" }, "us-west-2"],
  ])("is for the region of %s", async (_, options, region) => {
    process.env["AWS_REGION"] = "us-west-2";
    const { endpoint, requests } = await answering(refusing(400, "Never"));
    await send({ endpoint, ...options });
    expect(requests[0]).toContain(`/${region}/sqs/`);
  });
});

describe("opening a destination on AWS", () => {
  it.each([
    [
      "a region",
      { queueUrl: "https://queue.example/000000000000/orders" },
      /set region or AWS_REGION/,
    ],
    ["the value of a secret", { queueUrl: secret("QUEUE_URL") }, /QUEUE_URL or QUEUE_URL_FILE/],
  ])("without %s is refused with what to do", async (_, options, words) => {
    await expect(send(options)).rejects.toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(words) }),
    );
  });

  it("takes the address from a secret", async () => {
    const { endpoint, bodies } = await answering(refusing(400, "Never"));
    const value = { name: "QUEUE_URL", value: `${queueUrl}\n` };
    await send({ endpoint, queueUrl: secret("QUEUE_URL") }, { secret: () => value });
    expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ QueueUrl: queueUrl });
  });

  it("names the package that is missing", async () => {
    const name = "@aws-sdk/client-that-is-not-there";
    await expect(clientModule(name, () => import(name), contextOf())).rejects.toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining(`npm install ${name}`),
      }),
    );
  });

  it.each([
    ["arn:aws:sns:eu-west-1:1:t", "eu-west-1"],
    ["arn:aws-cn:events:cn-north-1:1:event-bus/b", "cn-north-1"],
    ["arn:aws:s3:::bucket", undefined],
    ["https://sqs.us-gov-west-1.amazonaws.com/1/q", "us-gov-west-1"],
    ["https://127.0.0.1:4566/1/q", undefined],
    ["default", undefined],
  ])("finds the region of %s", (address, region) => {
    expect(regionIn(address)).toBe(region);
  });
});

describe("looking at a destination on AWS", () => {
  const names = [{ option: "queueUrl", given: queueUrl, form: awsForms.queue }];

  it("tells a package that can't be loaded, and how to install it", () => {
    const wanted = ["@aws-sdk/client-sqs", "@aws-sdk/client-not-there"];
    expect(awsFindings(contextOf(), names, wanted)).toEqual([
      {
        option: "queueUrl",
        expected: "the package @aws-sdk/client-not-there, by which it is reached",
        hint: "run: npm install @aws-sdk/client-not-there",
      },
    ]);
  });

  it("needs no package where the gateway runs without its cloud", () => {
    const local = { ...contextOf(), isLocal: true };
    expect(awsFindings(local, names, ["@aws-sdk/client-not-there"])).toEqual([]);
  });
});
