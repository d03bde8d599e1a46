/**
 * From a request on the wire to its answer: the body is read between the two steps of the doors. 2xx is
 * written only after `accept` has resolved.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../core/types.ts";
import { ByteBudget } from "../kit/budget.ts";
import type { AddressSet } from "./address.ts";
import { addressSet, clientAddress, peerOf } from "./address.ts";
import { answer, answerAndClose, refusal } from "./answer.ts";
import { type BodyRead, readBody, readPieces } from "./body.ts";
import { type Admitted, createDoors, type DoorOptions, type Doors, type Head } from "./doors.ts";

/** Handles one request; `proceed` is called when its body is wanted (`Expect: 100-continue`). */
export type Ingest = {
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    proceed?: () => void,
  ) => Promise<void>;
  /**
   * Takes a request whose body was read elsewhere, or comes in pieces that aren't read before the request has
   * passed the doors; the head's address is the connection's, before trusted
   * proxies. Never rejects: a fault of ours is an answer too.
   */
  readonly take: (head: Head, body: Buffer | AsyncIterable<Uint8Array>) => Promise<Answer>;
  /** Requests under way. */
  readonly active: () => number;
};

type Context = {
  readonly doors: Doors;
  readonly isTrusted: AddressSet | undefined;
  readonly budget: ByteBudget;
  readonly mostBytes: number;
};

/** Makes the handler. */
export function createIngest(options: DoorOptions): Ingest {
  const { limits, server } = options.gateway;
  const { trustedProxies } = server;
  const context: Context = {
    doors: createDoors(options),
    isTrusted: trustedProxies.length === 0 ? undefined : addressSet(trustedProxies),
    budget: new ByteBudget(limits.inFlightBytes),
    mostBytes: limits.inFlightBytes,
  };
  let active = 0;
  return {
    active: () => active,
    take: async (head, body) => {
      active += 1;
      const held = { bytes: 0 };
      try {
        return await take(context, { head, body, held });
      } catch (error) {
        return context.doors.faultOf(error, head.url);
      } finally {
        context.budget.give(held.bytes);
        active -= 1;
      }
    },
    handle: async (request, response, proceed) => {
      active += 1;
      const held = { bytes: 0 };
      try {
        const admitted = admit(context, request, response);
        if (admitted === undefined) return;
        proceed?.();
        const { maxBodyBytes: maxBytes } = admitted.source;
        const read = await readBody(request, { maxBytes, budget: context.budget, held });
        if ("code" in read) answerAndClose(request, response, refusal(read.code));
        else answer(response, await context.doors.take(admitted, read.body));
      } catch (error) {
        answerFault(context, error, { request, response });
      } finally {
        context.budget.give(held.bytes);
        active -= 1;
      }
    },
  };
}

/** What the doors say before the body is read; undefined where that was an answer. */
function admit(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
): Admitted | undefined {
  const { doors, isTrusted } = context;
  const admitted = doors.admit({
    method: request.method ?? "GET",
    url: request.url ?? "/",
    rawHeaders: request.rawHeaders,
    remoteAddress: clientAddress(peerOf(request), isTrusted),
  });
  if ("status" in admitted) answerAndClose(request, response, admitted);
  else if (isOverBudget(context, admitted.announcedBytes)) {
    answerAndClose(request, response, refusal("OVERLOADED"));
  } else return admitted;
  return undefined;
}

function answerFault(
  { doors }: Context,
  error: unknown,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  if (request.destroyed && !request.complete) return;
  const fault = doors.faultOf(error, request.url);
  if (response.headersSent) response.destroy();
  else answerAndClose(request, response, fault);
}

async function take(
  context: Context,
  given: {
    readonly head: Head;
    readonly body: Buffer | AsyncIterable<Uint8Array>;
    /** Bytes of the budget that this request holds. */
    readonly held: { bytes: number };
  },
): Promise<Answer> {
  const { doors, isTrusted, budget } = context;
  const { head, body, held } = given;
  const admitted = doors.admit({ ...head, remoteAddress: clientAddress(head, isTrusted) });
  if ("status" in admitted) return admitted;
  const { maxBodyBytes: maxBytes } = admitted.source;
  const read = await readGiven(body, { maxBytes, budget, held });
  return "code" in read ? refusal(read.code) : await doors.take(admitted, read.body);
}

function readGiven(
  body: Buffer | AsyncIterable<Uint8Array>,
  bounds: Parameters<typeof readPieces>[1],
): BodyRead | Promise<BodyRead> {
  if (!Buffer.isBuffer(body)) return readPieces(body, bounds);
  return body.length > bounds.maxBytes ? { code: "BODY_TOO_LARGE" } : { body };
}

function isOverBudget({ budget, mostBytes }: Context, announcedBytes: number): boolean {
  return budget.held > 0 && budget.held + announcedBytes > mostBytes;
}

/** Resolves when nothing is under way, or after `drainMs` at the latest; `meanwhile` is called again and again. */
export async function idle(
  ingest: Pick<Ingest, "active">,
  drainMs: number,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const deadline = performance.now() + drainMs;
  while (ingest.active() > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    meanwhile();
  }
}
