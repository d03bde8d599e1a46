/**
 * An application of a framework with a gateway in it, as a process of its own: the test's resolves packages
 * otherwise than Node.js does. Arguments: framework, place of the parser, path of the store, address of the sink.
 */
import { createGateway } from "../../src/app/create-gateway.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import { http } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { frameworks, type Parser } from "./frameworks.ts";

const [name = "", parser = "none", store = "", url = ""] = process.argv.slice(2);
const gateway = createGateway(
  defineGateway({
    sources: {
      stripe: stripe({ path: "/webhooks/stripe/:shop", secrets: [secret("ADAPTER_STRIPE")] }),
    },
    destinations: {
      app: http({ url, secrets: [secret("ADAPTER_FORWARD")], allowPrivate: ["127.0.0.0/8"] }),
    },
    routes: [{ to: "app" }],
  }),
  { store, logLevel: "error" },
);
const framework = frameworks[name];
if (framework === undefined) throw new Error(`There is no framework ${name} here.`);
const application = await framework.start(gateway, parser as Parser);
process.once("SIGTERM", () => {
  void application
    .close()
    .then(() => gateway.stop())
    .then(() => process.exit(0));
});
process.stdout.write(`${JSON.stringify({ port: application.port })}\n`);
