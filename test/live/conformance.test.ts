import { join } from "node:path";
import {
  arrivals,
  type Behaviour,
  contextOf,
  destinationConformance,
  type Opened,
} from "../../src/destinations/conformance.ts";
import { websocketKind } from "../../src/destinations/websocket.ts";
import { openSqlite } from "../../src/engines/sqlite/index.ts";
import { scratch } from "../support/gateway-process.ts";
import { joinLive } from "../support/live-peer.ts";
import { openLiveServer } from "../support/live-server.ts";

/** Of live clients only the other instances can refuse or hang: what is said to them goes by the engine. */
async function open(behaviour: Behaviour): Promise<Opened> {
  const folder = scratch("live");
  const path = join(folder.path, "store.db");
  const engine = await openSqlite({ path, role: "gateway", clock: Date.now });
  const publishing = {
    accepts: engine.publish,
    refuses: () => Promise.reject(new Error("the other instances are away")),
    hangs: () => new Promise<void>(() => undefined),
  };
  const destination = await websocketKind.open(
    { path: "/live", open: true },
    contextOf({ publish: publishing[behaviour], listen: engine.listen }),
  );
  const server = await openLiveServer(destination);
  const bodies = arrivals<Buffer>();
  const peer = await joinLive(server.live);
  peer.socket.on("message", (data) => bodies.add(data as Buffer));
  return {
    destination,
    arrived: bodies.next,
    end: async () => {
      await peer.closed;
      await server.end();
      await engine.close();
      folder.remove();
    },
  };
}

destinationConformance({ kind: websocketKind, open });
