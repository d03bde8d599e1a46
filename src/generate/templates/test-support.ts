/** What the generated tests share: the gateway of config/webhooks.json behind a socket, with a store of its own. */
import { endingOf, type GeneratedFile, type Layout, rendered } from "../file.ts";
import { supportOnLambda } from "./lambda/test-support.ts";
import { namesOfSecrets } from "./secrets-of-tests.ts";

const support = `
/**
 * The gateway of config/webhooks.json behind a socket, on a store of its own, with one secret for all senders.
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createGateway, surehook } from "surehook/node";

export const secret = "a-secret-of-the-tests";

«export type Webhooks = Awaited<ReturnType<typeof openWebhooks>>;»

/** Opens it; every secret that the config names is the one above. */
export async function openWebhooks() {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-"));
  process.env["WEBHOOKS_DATABASE"] ??= join(folder, "application.db");
  for (const name of namesOfSecrets()) process.env[name] = secret;
  const gateway = createGateway("config/webhooks.json", {
    store: join(folder, "webhooks.db"),
    logLevel: "error",
  });
  await gateway.ready;
  const server = createServer(surehook(gateway)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    post: (path«: string», body«: Uint8Array<ArrayBuffer>», headers«: Readonly<Record<string, string>>») =>
      fetch("http://127.0.0.1:" + port + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await gateway.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

${namesOfSecrets}
/** Waits until something is so; handlers run after the sender was answered. */
export async function until(what«: string», isSo«: () => Promise<boolean>»)«: Promise<void>» {
  const end = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error("waited in vain: " + what);
    await pause(20);
  }
}
`;

/** The tests' shared file. */
export function testSupport(layout: Layout): GeneratedFile {
  return {
    path: `tests/webhooks/support.${endingOf(layout.language)}`,
    text: rendered(layout.onLambda ? supportOnLambda : support, layout),
  };
}
