import type { Answer } from "../core/types.ts";

/** An answer, such as that to a handshake, as a `Response`. */
export function responseOf({ status, body, contentType, headers }: Answer): Response {
  const type = contentType === undefined ? {} : { "content-type": contentType };
  // A Response of 204 takes no body at all, not even an empty one.
  return new Response(status === 204 ? null : body, { status, headers: { ...type, ...headers } });
}
