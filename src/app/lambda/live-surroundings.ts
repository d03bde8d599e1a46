import { clientWires, connectedClients } from "../../net/aws/live.ts";
import { variable } from "./environment.ts";
import type { LiveSurroundings, Surroundings } from "./surroundings.ts";

/** Who is connected and the way there: what the stack made, or what stands in for it. Throws CONFIG_INVALID. */
export function liveSurroundings({ live }: Pick<Surroundings, "live">): LiveSurroundings {
  return (
    live?.() ?? {
      clients: connectedClients(variable("SUREHOOK_CONNECTIONS_TABLE")),
      wires: clientWires(variable("SUREHOOK_CALLBACK_URL")),
    }
  );
}
