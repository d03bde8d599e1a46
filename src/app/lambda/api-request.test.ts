import type {
  ALBEvent,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  APIGatewayRequestAuthorizerEvent,
  SNSEvent,
  SQSBatchResponse,
  SQSEvent,
} from "aws-lambda";
import { describe, expect, expectTypeOf, it } from "vitest";
import { apiAnswer, bodyOf, headOf } from "./api-request.ts";
import type {
  ApiAnswer,
  ApiEvent,
  AuthorizerEvent,
  BalancerEvent,
  HttpEvent,
  QueueAnswer,
  QueueEvent,
  TopicEvent,
} from "./events.ts";

const secret = "what CloudFront shows";

function eventOf(given: Partial<APIGatewayProxyEvent> = {}): APIGatewayProxyEvent {
  const identity = {
    sourceIp: "198.51.100.4",
  } as APIGatewayProxyEvent["requestContext"]["identity"];
  return {
    httpMethod: "POST",
    path: "/webhooks/acme",
    resource: "/webhooks/{tenant}",
    headers: {},
    multiValueHeaders: {},
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { tenant: "acme" },
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { identity } as APIGatewayProxyEvent["requestContext"],
    ...given,
  };
}

function shownBy(forwarded: string, shown: string) {
  return eventOf({
    multiValueHeaders: { "X-Forwarded-For": [forwarded], "X-Surehook-Origin": [shown] },
  });
}

describe("what AWS hands over", () => {
  it("has the form that AWS's own types say", () => {
    expectTypeOf<APIGatewayProxyEvent>().toExtend<ApiEvent>();
    expectTypeOf<ApiAnswer>().toExtend<APIGatewayProxyResult>();
    expectTypeOf<APIGatewayProxyEventV2>().toExtend<Omit<HttpEvent, "version">>();
    expectTypeOf<ALBEvent>().toExtend<BalancerEvent>();
    expectTypeOf<ApiAnswer>().toExtend<ALBResult>();
    expectTypeOf<APIGatewayRequestAuthorizerEvent>().toExtend<AuthorizerEvent>();
    expectTypeOf<SQSEvent>().toExtend<QueueEvent>();
    expectTypeOf<QueueAnswer>().toExtend<SQSBatchResponse>();
    expectTypeOf<SNSEvent>().toExtend<TopicEvent>();
  });
});

describe("a request of API Gateway", () => {
  it("is its path with its query, each value in its turn", () => {
    const values = { b: ["2", "ü &"], a: [""] };
    const { url, method } = headOf(eventOf({ multiValueQueryStringParameters: values }), undefined);
    expect([method, url]).toEqual(["POST", "/webhooks/acme?b=2&b=%C3%BC%20%26&a="]);
  });

  it("has each value of each header, in the sender's spelling", () => {
    const multiValueHeaders = { "X-Odd": ["1", "2"], Accept: ["*/*"] };
    expect(headOf(eventOf({ multiValueHeaders }), undefined).rawHeaders).toEqual([
      "X-Odd",
      "1",
      "X-Odd",
      "2",
      "Accept",
      "*/*",
    ]);
  });

  it("has its bytes, whether they came as base64 or as text", () => {
    const bytes = Buffer.from([0, 255, 10]);
    const encoded = eventOf({ body: bytes.toString("base64"), isBase64Encoded: true });
    expect(bodyOf(encoded).equals(bytes)).toBe(true);
    expect(bodyOf(eventOf({ body: "ü" })).toString()).toBe("ü");
    expect(bodyOf(eventOf())).toHaveLength(0);
  });

  it("comes from the address that API Gateway saw", () => {
    expect(headOf(shownBy("203.0.113.1, 198.51.100.4", "forged"), secret).remoteAddress).toBe(
      "198.51.100.4",
    );
    expect(headOf(shownBy("203.0.113.1, 198.51.100.4", ""), undefined).remoteAddress).toBe(
      "198.51.100.4",
    );
  });

  it("comes through CloudFront from the last address that CloudFront saw", () => {
    const head = headOf(shownBy("192.0.2.66, 203.0.113.1, 198.51.100.4", secret), secret);
    expect(head.remoteAddress).toBe("203.0.113.1");
    expect(head.rawHeaders.join()).not.toContain(secret);
  });
});

describe("a request of an HTTP API or a function URL", () => {
  const over = (given: Partial<HttpEvent>, stage = "$default"): HttpEvent => ({
    version: "2.0",
    rawPath: "/webhooks/acme",
    rawQueryString: "",
    headers: {},
    isBase64Encoded: false,
    requestContext: { stage, http: { method: "POST", sourceIp: "198.51.100.4" } },
    ...given,
  });

  it("is its path with its query as it was sent", () => {
    const head = headOf(over({ rawQueryString: "a=%2f&a=+" }), undefined);
    expect(head).toMatchObject({ method: "POST", url: "/webhooks/acme?a=%2f&a=+" });
    expect(head.remoteAddress).toBe("198.51.100.4");
  });

  it("is its path without the stage", () => {
    const path = (rawPath: string, stage: string) =>
      headOf(over({ rawPath }, stage), undefined).url;
    expect(path("/prod/webhooks/acme", "prod")).toBe("/webhooks/acme");
    expect(path("/prod", "prod")).toBe("/");
    expect(path("/products", "prod")).toBe("/products");
    expect(path("/$default/x", "$default")).toBe("/$default/x");
  });

  it("has its bytes", () => {
    const bytes = Buffer.from([0, 255, 10]);
    const body = bytes.toString("base64");
    expect(bodyOf(over({ body, isBase64Encoded: true })).equals(bytes)).toBe(true);
    expect(bodyOf(over({}))).toHaveLength(0);
  });
});

describe("a request of a load balancer", () => {
  const balanced: BalancerEvent = {
    httpMethod: "POST",
    path: "/webhooks/acme",
    body: "",
    isBase64Encoded: false,
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:x" } },
  };

  it("comes from the address that the balancer saw, with its query as it was sent", () => {
    const event = {
      ...balanced,
      headers: { "x-forwarded-for": "192.0.2.66, 198.51.100.4", "x-a": "1" },
      queryStringParameters: { a: "%2f", b: "" },
    };
    expect(headOf(event, undefined)).toEqual({
      method: "POST",
      url: "/webhooks/acme?a=%2f&b=",
      rawHeaders: ["x-forwarded-for", "192.0.2.66, 198.51.100.4", "x-a", "1"],
      remoteAddress: "198.51.100.4",
    });
  });

  it("may have lists of headers and parameters, and then is answered in lists", () => {
    const event = {
      ...balanced,
      multiValueHeaders: { "x-forwarded-for": ["198.51.100.4"], "x-a": ["1", "2"] },
      multiValueQueryStringParameters: { a: ["1", "2"] },
    };
    const head = headOf(event, undefined);
    expect(head.url).toBe("/webhooks/acme?a=1&a=2");
    expect(head.rawHeaders).toEqual(["x-forwarded-for", "198.51.100.4", "x-a", "1", "x-a", "2"]);
    const answer = { status: 200, body: "{}", contentType: "application/json" };
    expect(apiAnswer(answer, event).multiValueHeaders).toEqual({
      "content-type": ["application/json"],
    });
    expect(apiAnswer(answer, balanced).multiValueHeaders).toBeUndefined();
  });
});

describe("an answer", () => {
  it("has the status, type and headers of the gateway's own", () => {
    const headers = { "retry-after": "5" };
    expect(
      apiAnswer({ status: 503, body: "{}", contentType: "application/json", headers }),
    ).toEqual({
      statusCode: 503,
      headers: { "content-type": "application/json", "retry-after": "5" },
      body: "{}",
      isBase64Encoded: false,
    });
  });
});
