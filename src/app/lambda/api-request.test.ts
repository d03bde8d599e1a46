import type {
  APIGatewayProxyEvent,
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
