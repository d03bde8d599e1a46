/** A gateway inside the test's own process, on a free port, from a definition with the test's own providers. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Running, type ServeOptions, serve } from "../../src/app/serve.ts";
import type { GatewayDefinition } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import { scratch } from "./gateway-process.ts";

/** A gateway that runs, and where. */
export type LocalGateway = Running & {
  readonly port: number;
  readonly folder: string;
  /** Stops it and removes its folder. */
  readonly end: () => Promise<void>;
};

/** Runs a definition, in a folder of its own or a given one; secrets are read from this process's environment. */
export async function runHere(
  definition: GatewayDefinition,
  folder = scratch("http"),
  options: Pick<ServeOptions, "keys"> = {},
): Promise<LocalGateway> {
  const judged = judgeGateway(definition);
  if (judged.kind === "mistakes") throw new Error(JSON.stringify(judged.mistakes));
  const path = join(folder.path, "surehook.config.ts");
  const store = join(folder.path, "store.db");
  const environment = { store, config: undefined, port: 0, logLevel: "silent", color: false };
  const config = { gateway: judged.gateway, url: pathToFileURL(path).href, path };
  const running = await serve({ config, environment, host: "127.0.0.1", ...options });
  return {
    ...running,
    port: Number(new URL(running.url).port),
    folder: folder.path,
    end: async () => {
      await running.stop();
      folder.remove();
    },
  };
}
