/** The receiver as it is bundled, with JSON Schemas that were compiled for it. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import type { ApiAnswer, ApiEvent } from "../../src/app/lambda/events.ts";
import { bundleAll } from "../../src/cdk/bundling.ts";
import { onEmulator } from "./emulated.ts";
import { keepEnvironment, openWorld, stripeRequest } from "./function-world.ts";

const note = { type: "string", maxLength: 3, pattern: "^\\p{L}*$" };
const object = { type: "object", required: ["note"], properties: { note } };
const schemas = {
  "payment_intent.succeeded": { properties: { data: { properties: { object } } } },
};
const config = `import { defineGateway, secret } from "surehook";
import { stripe } from "surehook/providers";

const schemas = ${JSON.stringify(schemas)};
export default defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")], schemas }) },
  destinations: {},
  routes: [],
});
`;

onEmulator("a bundled receiver with JSON Schemas", () => {
  keepEnvironment();
  let folder = "";

  beforeAll(() => {
    // Within the repository, so that its packages are found.
    const cache = join(root, "node_modules", ".cache");
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, "surehook-receiver-"));
    const entry = join(folder, "surehook.config.mjs");
    writeFileSync(entry, config);
    const bundled = bundleAll({ entry, roles: ["receiver"], hasSchemas: true });
    copyFileSync(join(bundled, "receiver", "index.js"), join(folder, "receiver.cjs"));
    rmSync(bundled, { recursive: true, force: true });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps what fits as valid, and what doesn't with the reason", async () => {
    const world = await openWorld();
    const loaded: unknown = createRequire(import.meta.url)(join(folder, "receiver.cjs"));
    const { handler } = loaded as { handler: (event: ApiEvent) => Promise<ApiAnswer> };
    const post = async (note: string) => {
      const { id, event } = stripeRequest({ note });
      const answer = await handler(event);
      return { id, status: answer.statusCode, body: JSON.parse(answer.body) };
    };
    expect(await post("äöü")).toMatchObject({ status: 200, body: { jobId: expect.any(String) } });
    const unfit = await post("a1");
    expect(unfit).toMatchObject({
      status: 200,
      body: { received: true, error: "Validation failed, event ignored" },
    });
    const { items } = await world.engine.requests({}, { limit: 10 });
    expect(items.map(({ detail }) => detail).filter((detail) => detail !== undefined)).toEqual([
      'data.object.note: must match pattern "^\\p{L}*$"',
    ]);
    await world.close();
  });
});
