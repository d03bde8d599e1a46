/** A destination's live clients on a server of their own, without a gateway around it. */
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { OpenDestination } from "../../src/core/types.ts";
import { createLive } from "../../src/http/live.ts";

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Listens for them on a free port. */
export async function openLiveServer(destination: OpenDestination): Promise<{
  readonly live: string;
  readonly destination: OpenDestination;
  /** Closes the destination, then the server. */
  readonly end: () => Promise<void>;
}> {
  const door = destination.live;
  if (door === undefined) throw new Error("The destination has no live clients.");
  const live = createLive({ doors: [door], trustedProxies: [], log });
  const server = createServer({ shouldUpgradeCallback: live.wants });
  server.on("upgrade", (request, socket, head) => live.upgrade(request, socket as Socket, head));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    live: `ws://127.0.0.1:${port}${door.path}`,
    destination,
    end: async () => {
      await destination.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
