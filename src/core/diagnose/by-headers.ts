import { nearest } from "../../kit/suggest.ts";
import type { Provider } from "../define.ts";
import type { Request } from "../types.ts";
import type { Cause } from "./cause.ts";

const signatureLike = /signature|hmac|digest|-sign\b|token|secret|authorization/;
const mostNames = 5;

/** Which header the signature was looked for in, and which similar ones came. */
export function missingCause(provider: Provider, options: unknown, request: Request): Cause {
  const marks = provider.marks(options);
  const expected = marks.slice(0, 2).map(markWords).join(" or ") || "field of the body";
  const names = headerNames(request);
  const near = marks.flatMap((mark) => nearest(mark, names) ?? []).slice(0, 1);
  const like = names.filter((name) => signatureLike.test(name));
  const came = [...new Set([...near, ...like])].slice(0, mostNames);
  return {
    kind: "missing-header",
    proven: false,
    text:
      came.length === 0
        ? `The request has no ${expected}, nor anything like a signature.`
        : `The request has no ${expected}; it has ${came.join(", ")} instead.`,
    remedy:
      came.length === 0
        ? "Check that the sender signs (that a secret is set there), and that no proxy removes the header."
        : "Check that the address belongs to this kind of sender; a proxy may have renamed the header.",
  };
}

function markWords(mark: string): string {
  return mark.startsWith("?") ? `query parameter ${mark.slice(1)}` : `header ${mark}`;
}

/** Names only: values may be secrets. */
function headerNames({ headers }: Request): readonly string[] {
  return headers
    .filter((_, at) => at % 2 === 0)
    .map((name) => name.toLowerCase().slice(0, 100))
    .filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
}
