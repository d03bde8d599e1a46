/** What the emulator's tests have in common. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { describe, inject } from "vitest";
import type { DestinationContext, DestinationKind } from "../../src/core/define.ts";
import type { OpenDestination } from "../../src/core/types.ts";
import {
  arrivals,
  type Behaviour,
  contextOf,
  type Opened,
} from "../../src/destinations/conformance.ts";

/** Tests that are skipped, by their names, where there is no Python 3.11 for the emulator; with `CI` set that fails the run instead (`start.ts`). */
export const onEmulator = describe.skipIf(inject("emulator") === undefined);

/** A name that no other test has. */
export function freshName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}

/** A destination of a kind, as a gateway would open it. */
export async function openKind(
  kind: DestinationKind,
  options: object,
  given: Partial<DestinationContext> = {},
): Promise<OpenDestination> {
  return await kind.open(options, contextOf({ timeoutMs: 20_000, ...given }));
}

/** How the suite opens a kind on the emulator: what accepts, what doesn't exist, and an address that never answers. */
export function opener(
  kind: DestinationKind,
  ways: {
    readonly accepts: () => Promise<{
      readonly options: object;
      readonly arrived: () => Promise<Buffer>;
    }>;
    readonly missing: object;
  },
): (behaviour: Behaviour) => Promise<Opened> {
  return async (behaviour) => {
    if (behaviour === "accepts") {
      const { options, arrived } = await ways.accepts();
      return { destination: await openKind(kind, options), arrived, end: async () => undefined };
    }
    if (behaviour === "refuses") {
      const destination = await openKind(kind, ways.missing);
      return { destination, arrived: async () => Buffer.alloc(0), end: async () => undefined };
    }
    const silent = await silentServer();
    const options = { ...ways.missing, endpoint: silent.url };
    return { destination: await openKind(kind, options), arrived: silent.next, end: silent.end };
  };
}

/** A server that takes requests and never answers. */
async function silentServer() {
  const { add, next } = arrivals<Buffer>();
  const server = createServer((request) => void buffer(request).then(add));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const end = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, next, end };
}
