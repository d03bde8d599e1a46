/** What API Gateway says by itself, in the gateway's own words: status, code and Retry-After. */
import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";
import { type Code, errors } from "../core/errors.ts";

type GatewayAnswer = {
  readonly code: Code;
  /** It may mean several things: status and words stay those of API Gateway. */
  readonly isItsOwn?: true;
};

/** Each answer of API Gateway that a sender can meet, and ours in its place. */
const answers: Readonly<Record<string, GatewayAnswer>> = {
  // It says 403 for a path that it doesn't have; with an Authorization in the request, that this is no signature of AWS's.
  MISSING_AUTHENTICATION_TOKEN: { code: "UNKNOWN_PROVIDER" },
  INVALID_SIGNATURE: { code: "UNKNOWN_PROVIDER" },
  EXPIRED_TOKEN: { code: "UNKNOWN_PROVIDER" },
  RESOURCE_NOT_FOUND: { code: "UNKNOWN_PROVIDER" },
  THROTTLED: { code: "RATE_LIMITED" },
  QUOTA_EXCEEDED: { code: "RATE_LIMITED" },
  REQUEST_TOO_LARGE: { code: "BODY_TOO_LARGE" },
  WAF_FILTERED: { code: "IP_NOT_ALLOWED" },
  ACCESS_DENIED: { code: "AUTHORIZATION_DENIED" },
  UNAUTHORIZED: { code: "AUTHORIZATION_DENIED" },
  // AWS doesn't say of which type its 413 for a body over Lambda's limit is: here its words tell it.
  DEFAULT_4XX: { code: "BAD_REQUEST", isItsOwn: true },
  // Ours too, whatever it was: a sender tries again after a 503.
  DEFAULT_5XX: { code: "INTERNAL" },
};

const retrySeconds = 5;

/** Sets them. */
export function addGatewayAnswers(api: RestApi): void {
  for (const [type, { code, isItsOwn = false }] of Object.entries(answers)) {
    const { status, cause } = errors[code];
    const isLater = status === 429 || status === 503;
    const template = isItsOwn
      ? `{"error":$context.error.messageString,"code":"${code}"}`
      : JSON.stringify({ error: cause, code });
    api.addGatewayResponse(type, {
      type: ResponseType.of(type),
      ...(isItsOwn ? {} : { statusCode: String(status) }),
      templates: { "application/json": template },
      ...(isLater ? { responseHeaders: { "Retry-After": `'${retrySeconds}'` } } : {}),
    });
  }
}
