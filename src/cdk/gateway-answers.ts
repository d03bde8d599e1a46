/** What API Gateway says by itself, in the gateway's own words: status, code and Retry-After. */
import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";
import { type Code, errors } from "../core/errors.ts";

/** Each answer of API Gateway that a sender can meet, and ours in its place. */
const answers: Readonly<Record<string, { readonly code: Code }>> = {
  // It says 403 for a path that it doesn't have.
  MISSING_AUTHENTICATION_TOKEN: { code: "UNKNOWN_PROVIDER" },
  RESOURCE_NOT_FOUND: { code: "UNKNOWN_PROVIDER" },
  THROTTLED: { code: "RATE_LIMITED" },
  QUOTA_EXCEEDED: { code: "RATE_LIMITED" },
  REQUEST_TOO_LARGE: { code: "BODY_TOO_LARGE" },
  WAF_FILTERED: { code: "IP_NOT_ALLOWED" },
  ACCESS_DENIED: { code: "AUTHORIZATION_DENIED" },
  UNAUTHORIZED: { code: "AUTHORIZATION_DENIED" },
  DEFAULT_4XX: { code: "BAD_REQUEST" },
  // Ours too, whatever it was: a sender tries again after a 503.
  DEFAULT_5XX: { code: "INTERNAL" },
};

const retrySeconds = 5;

/** Sets them. */
export function addGatewayAnswers(api: RestApi): void {
  for (const [type, { code }] of Object.entries(answers)) {
    const { status, cause } = errors[code];
    const isLater = status === 429 || status === 503;
    api.addGatewayResponse(type, {
      type: ResponseType.of(type),
      // A 4xx of another kind keeps its status.
      ...(type === "DEFAULT_4XX" ? {} : { statusCode: String(status) }),
      templates: { "application/json": JSON.stringify({ error: cause, code }) },
      ...(isLater ? { responseHeaders: { "Retry-After": `'${retrySeconds}'` } } : {}),
    });
  }
}
