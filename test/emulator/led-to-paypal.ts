/** A deployed receiver that meets a server of this machine where it asks PayPal. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPaypalServer, openProxyTo, type PaypalAnswer, pem } from "../support/paypal-host.ts";
import { emulatorFacts } from "./facts.ts";
import { setFunctionVariables } from "./function-variables.ts";

/**
 * Leads a stack's receiver there. Nothing of its own code is changed: Node takes a proxy, and whom to trust, from
 * its environment. `wanted` is where it would have gone, `asked` what came.
 */
export async function ledToPaypal(stack: string, answer: PaypalAnswer) {
  const host = await openPaypalServer(answer);
  const proxy = await openProxyTo(host.port);
  const trusted = await mkdtemp(join(tmpdir(), "surehook-trusted-"));
  const file = join(trusted, "roots.pem");
  await writeFile(file, pem("root") + (await readFile(emulatorFacts().certFile, "utf8")));
  const putBack = await setFunctionVariables(stack, "Receiver", {
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: proxy.url,
    NO_PROXY: "127.0.0.1,localhost",
    NODE_EXTRA_CA_CERTS: file,
  });
  return {
    asked: host.asked,
    wanted: proxy.wanted,
    end: async () => {
      await putBack();
      await proxy.close();
      await host.close();
      await rm(trusted, { recursive: true, force: true });
    },
  };
}
