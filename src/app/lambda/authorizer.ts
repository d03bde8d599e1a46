import { isDenied } from "../../core/authorize.ts";
import type { AnyGateway } from "../../core/define.ts";
import { sourceFinder } from "../../http/sources.ts";
import { rawHeadersOf } from "./api-request.ts";
import type { AuthorizerAnswer, AuthorizerEvent } from "./events.ts";
import { judged } from "./surroundings.ts";

/** Denies, before anything is read, what can't be a sender's. A signature over the body it can't judge: it never sees that. */
export function authorizer(
  definition: AnyGateway,
): (event: AuthorizerEvent) => Promise<AuthorizerAnswer> {
  const find = sourceFinder(judged(definition).sources);
  return async (event) => {
    const found = find(event.path);
    const names = Object.keys(event.multiValueQueryStringParameters ?? {});
    const query = names.map((name) => encodeURIComponent(name)).join("&");
    const denied = found !== undefined && isDenied(found.sources, rawHeadersOf(event), query);
    return {
      principalId: "sender",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Action: "execute-api:Invoke",
            Effect: denied ? "Deny" : "Allow",
            Resource: event.methodArn,
          },
        ],
      },
    };
  };
}
