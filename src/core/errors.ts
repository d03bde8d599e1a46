/**
 * Every code that Surehook answers, logs or prints: its HTTP status (0: never an answer), its cause
 * and the remedy. docs/errors.md is written from this table.
 */

type Row = { readonly status: number; readonly cause: string; readonly remedy: string };

/** The table of codes. */
export const errors = {
  INVALID_SIGNATURE: {
    status: 401,
    cause: "No live secret of the source makes a signature that the request carries.",
    remedy: "Compare the secret with the sender's dashboard; then `surehook requests release`.",
  },
  MISSING_SIGNATURE: {
    status: 401,
    cause: "The header or parameter that carries the signature is not there.",
    remedy: "Check that the sender signs, and that the path belongs to this kind of sender.",
  },
  INVALID_FORMAT: {
    status: 401,
    cause: "The signature or timestamp does not have the form that the sender documents.",
    remedy: "Look at the kept request; a proxy may have changed its headers.",
  },
  TIMESTAMP_TOO_OLD: {
    status: 401,
    cause: "The signed timestamp lies further back than the source's tolerance.",
    remedy: "Check this machine's clock, or raise toleranceSeconds.",
  },
  TIMESTAMP_IN_FUTURE: {
    status: 401,
    cause: "The signed timestamp lies further ahead than the source's tolerance.",
    remedy: "Check this machine's clock, or raise toleranceSeconds.",
  },
  VERIFICATION_FAILED: {
    status: 401,
    cause: "The request could not be verified for a reason of its own.",
    remedy: "Look at the kept request with `surehook requests show`.",
  },
  IP_NOT_ALLOWED: {
    status: 403,
    cause: "The client's address is not on the source's allow-list.",
    remedy: "Add it to allowIps, or set trustedProxies if a proxy stands in front.",
  },
  AUTHORIZATION_DENIED: {
    status: 403,
    cause:
      "The request's Authorization is empty or invalid, or nothing in its head proves a sender.",
    remedy: "Send the sender's signature header; leave Authorization away, or let it be a token.",
  },
  TOKEN_REFUSED: {
    status: 401,
    cause: "The live client gave no token, or another than the destination's.",
    remedy: "Give it as `Authorization: Bearer`, as `?token=`, or among the subprotocols.",
  },
  ORIGIN_NOT_ALLOWED: {
    status: 403,
    cause: "The page that opens the WebSocket is not of an allowed origin.",
    remedy: "Add it to origins of the destination.",
  },
  BAD_UPGRADE: {
    status: 400,
    cause: "The request to open a WebSocket is not well-formed.",
    remedy: "Use a WebSocket client; a proxy may have removed its headers.",
  },
  UPGRADE_REQUIRED: {
    status: 426,
    cause: "The path is for live clients, which speak WebSocket (version 13).",
    remedy: "Open it by ws:// or wss://; a proxy must pass the headers Upgrade and Connection.",
  },
  TOO_MANY_CLIENTS: {
    status: 503,
    cause: "As many live clients are connected as the destination takes.",
    remedy: "Raise maxClients, or add capacity.",
  },
  TOO_MANY_FROM_ADDRESS: {
    status: 429,
    cause: "As many live clients are connected from the address as the destination takes.",
    remedy: "Raise maxClientsPerAddress; set trustedProxies if a proxy stands in front.",
  },
  UNKNOWN_PROVIDER: {
    status: 404,
    cause: "No source listens on this path.",
    remedy: "Compare the path with `surehook check`.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    cause: "The path does not take this method; the header Allow names those it takes.",
    remedy: "Send events by POST; ask the health paths by GET.",
  },
  REQUEST_TIMEOUT: {
    status: 408,
    cause: "Headers or body did not arrive in time.",
    remedy: "Check the sender's network; raise limits.bodyTimeoutSeconds for slow ones.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    cause: "The body, or the body after decompression, is over the source's limit.",
    remedy: "Raise maxBodyBytes of the source; on AWS 4.5 MB is the most.",
  },
  BODY_PARSED: {
    status: 503,
    cause: "The application has parsed the body before Surehook could read its raw bytes.",
    remedy: "Mount Surehook before body parsers; the log says what to change.",
  },
  UNSUPPORTED_ENCODING: {
    status: 415,
    cause: "The body's Content-Encoding is not one that can be read.",
    remedy: "Send gzip, deflate, br or zstd, or no encoding.",
  },
  UNSUPPORTED_TRANSFER_CODING: {
    status: 501,
    cause: "The Transfer-Encoding is another than chunked, or chunked and more.",
    remedy:
      "Send the body chunked or with a Content-Length; if it is compressed, say so by Content-Encoding.",
  },
  RATE_LIMITED: {
    status: 429,
    cause: "The source's rate, or its rate of duplicates or failures, is used up.",
    remedy: "Wait for the seconds in Retry-After, or raise rateLimit.",
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    cause: "The request's headers are over 64 KiB, or over 1,000 lines.",
    remedy: "Send smaller headers, or fewer.",
  },
  BAD_REQUEST: {
    status: 400,
    cause: "What arrived is not HTTP/1, or is HTTP/1.1 with no header Host, or with two.",
    remedy: "Check that the sender speaks HTTP/1.1 to this port (TLS or plain).",
  },
  EXPECTATION_FAILED: {
    status: 417,
    cause: "The header Expect asks for something else than 100-continue.",
    remedy: "Leave the header away, or let it be 100-continue.",
  },
  SOURCE_OFF: {
    status: 503,
    cause: "The source has no live secret.",
    remedy: "Set one of its secrets and start again; the sender tries again by itself.",
  },
  KEYS_UNAVAILABLE: {
    status: 503,
    cause: "What proves the sender (its certificate, or its own judgement) could not be fetched.",
    remedy: "Look at the log; check that the gateway reaches the sender. The sender tries again.",
  },
  STORE_UNAVAILABLE: {
    status: 503,
    cause: "The store could not commit: it is locked, damaged, or its disk is full.",
    remedy: "Make room or repair the disk; nothing was acknowledged, the sender tries again.",
  },
  OVERLOADED: {
    status: 503,
    cause: "The budget of bytes in flight is used up.",
    remedy: "Raise limits.inFlightBytes, or add capacity.",
  },
  SHUTTING_DOWN: {
    status: 503,
    cause: "The gateway is stopping.",
    remedy: "None needed: the sender tries again.",
  },
  VALIDATION_ERROR: {
    status: 200,
    cause: "The event is authentic but does not fit the source's schema.",
    remedy: "Look at the event; it is kept as invalid.",
  },
  INTERNAL: {
    status: 503,
    cause: "A fault of Surehook's own.",
    remedy: "Report it with the log line; the sender tries again.",
  },
  CONFIG_INVALID: {
    status: 0,
    cause: "The config has mistakes; each is listed with its path.",
    remedy: "Mend them and run `surehook check`.",
  },
  STORE_IN_USE: {
    status: 0,
    cause: "Another gateway process owns this store.",
    remedy: "Stop it, or give this one its own SUREHOOK_STORE.",
  },
  STORE_UNSUITABLE: {
    status: 0,
    cause: "The store's address or file system cannot keep the promises of a store.",
    remedy: "Use a local disk, or the PostgreSQL engine once it is available.",
  },
  NOT_FOUND: {
    status: 0,
    cause: "There is nothing of that id.",
    remedy: "List what is there with `surehook events`, `requests` or `deliveries`.",
  },
  USAGE: {
    status: 0,
    cause: "The command was called with words or options that do not fit.",
    remedy: "Read `surehook <command> --help`.",
  },
  DESTINATION_STATUS: {
    status: 0,
    cause: "The destination answered with another status than 2xx.",
    remedy: "Look at the attempt; it is tried again.",
  },
  DESTINATION_UNREACHABLE: {
    status: 0,
    cause: "No connection, or it broke before the answer.",
    remedy: "Check the destination; it is tried again.",
  },
  DESTINATION_TIMEOUT: {
    status: 0,
    cause: "No answer within the destination's timeout.",
    remedy: "Answer faster, or raise timeoutSeconds; it is tried again.",
  },
  ADDRESS_REFUSED: {
    status: 0,
    cause: "The destination's name resolves to a private or reserved address.",
    remedy: "Set allowPrivate for destinations in your own network.",
  },
  DESTINATION_REFUSED: {
    status: 0,
    cause: "The destination refused the event for what is in it; it is not tried again.",
    remedy: "Read the attempt's detail, mend the cause; then `surehook replay`.",
  },
  BODY_GONE: {
    status: 0,
    cause: "The event's body, which lay in the bucket for its size, is not there any more.",
    remedy:
      "Look which rule of the bucket, or who, removed it; once it is put back, `surehook replay`.",
  },
  TOKEN_UNAVAILABLE: {
    status: 0,
    cause: "The destination's login gave no access token.",
    remedy: "Read the attempt's detail and compare the token settings; it is tried again.",
  },
  HANDLER_FAILED: {
    status: 0,
    cause: "The user's module threw, crashed, or could not be loaded.",
    remedy: "Read the attempt's detail, mend the module; it is tried again.",
  },
} as const satisfies Record<string, Row>;

/** A code of the table. */
export type Code = keyof typeof errors;

/** A fault with a code of the table. `message` says what happened and what to do. */
export class GatewayError extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "GatewayError";
    this.code = code;
  }
}

/** The text of anything thrown; what is no error is shown as JSON. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  if ("message" in thrown && typeof thrown.message === "string") return thrown.message;
  return jsonOf(thrown) ?? String(thrown);
}

/** Characters of what is no error; it may be anything. */
const mostShown = 200;

function jsonOf(thrown: object): string | undefined {
  try {
    return JSON.stringify(thrown)?.slice(0, mostShown);
  } catch {
    return undefined;
  }
}
