/** The generator in a project that is there: what it finds, and what it leaves alone. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { eventType } from "../../src/generate/senders/event-type.ts";
import { providers } from "../../src/providers/index.ts";
import { samplesOf } from "../../src/providers/samples/index.ts";
import { scratch } from "../support/gateway-process.ts";
import { environment, run } from "./packed.ts";

let folder: ReturnType<typeof scratch>;

beforeEach(() => {
  folder = scratch("existing");
});

afterEach(() => folder.remove());

const main = join(root, "src/cli/main.ts");

function surehook(words: string, env = environment): Promise<string> {
  return surehookOf(words.split(" "), env);
}

function surehookOf(words: readonly string[], env = environment): Promise<string> {
  return run(folder.path, [process.execPath, "--no-warnings", main, ...words], env);
}

function write(path: string, text: string | object): void {
  const place = join(folder.path, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, typeof text === "string" ? text : `${JSON.stringify(text, null, 2)}\n`);
}

const read = (path: string): string => readFileSync(join(folder.path, path), "utf8");
const files = (): readonly string[] =>
  readdirSync(folder.path, { recursive: true, encoding: "utf8" }).sort();

test("a dry run shows what it would write, and writes nothing", async () => {
  const said = await surehook("create-webhook-handler --senders stripe --dry-run --yes");
  expect(said).toContain("webhooks/handlers/stripe/payment-intent-succeeded.ts");
  expect(said).toContain("files would be written");
  expect(files()).toEqual([]);
});

test("what somebody has changed is shown and left alone", async () => {
  await surehook("webhook --yes");
  const mine = `${read("webhooks/outside.ts")}// mine\n`;
  write("webhooks/outside.ts", mine);
  const said = await surehook("init --yes");
  expect(said).toContain("- // mine");
  expect(said).toMatch(/left alone: it differs +webhooks\/outside\.ts/);
  expect(read("webhooks/outside.ts")).toBe(mine);
});

test("framework, package manager, language and runner are those of the project", async () => {
  const manifest = {
    name: "shop",
    type: "module",
    packageManager: "pnpm@12.0.0",
    scripts: { start: "node index.js" },
    dependencies: { fastify: "^5.1.0" },
    devDependencies: { vitest: "^5.0.0" },
  };
  write("package.json", manifest);
  const said = await surehook("init --senders github --yes");
  expect(said).toContain("pnpm install");
  expect(said).toContain('import { webhooks } from "./webhooks/routes.js";');
  expect(said).toContain("await app.register(webhooks);");
  expect(read("webhooks/routes.js")).toContain('"surehook/fastify"');
  expect(read("tests/webhooks/github.test.js")).toContain("beforeAll as before");
  const { scripts, dependencies } = JSON.parse(read("package.json"));
  expect(scripts).toMatchObject({
    start: "node index.js",
    "test:webhooks": "vitest run tests/webhooks",
  });
  expect(dependencies.fastify).toBe("^5.1.0");
  expect(files()).not.toContain("server.js");
});

test.each([
  ["yarn.lock", "", "yarn"],
  ["bun.lock", "", "bun"],
  ["package-lock.json", "pnpm/12.21.0 npm/? node/v24", "npm"],
  ["README.md", "pnpm/12.21.0 npm/? node/v24", "pnpm"],
])("beside %s, run by %j, packages are installed by %s", async (name, agent, manager) => {
  write("package.json", { type: "module", dependencies: { koa: "^3.0.0" } });
  write(name, "");
  const said = await surehook("init --yes", { ...environment, npm_config_user_agent: agent });
  expect(said).toContain(`${manager} install\n`);
});

test("modules of a project of CommonJS are marked as ES modules, and a compiler that can't is told", async () => {
  write("package.json", { dependencies: { express: "^5.0.0" } });
  write("tsconfig.json", '{ "compilerOptions": { "strict": true } }');
  const said = await surehook("init --yes");
  expect(said).toContain("allowImportingTsExtensions");
  expect(JSON.parse(read("webhooks/package.json"))).toEqual({ type: "module" });
  expect(read("tsconfig.json")).toBe('{ "compilerOptions": { "strict": true } }');
});

test("a sender is added beside others, whose parts stay as they are", async () => {
  await surehook("init --senders stripe --yes");
  const config = JSON.parse(read("config/webhooks.json"));
  config.sources.stripe.rateLimit.requests = 5;
  write("config/webhooks.json", config);
  await surehook("add shopify --yes");
  const { sources, destinations, routes } = JSON.parse(read("config/webhooks.json"));
  expect(sources.stripe.rateLimit.requests).toBe(5);
  expect(Object.keys(sources)).toEqual(["stripe", "shopify"]);
  expect(Object.keys(destinations)).toEqual(["stripe", "alerts", "shopify"]);
  expect(routes).toHaveLength(3);
  expect(read(".env.production.example")).toContain("SHOPIFY_WEBHOOK_SECRET=\n");
  expect(await surehook("add shopify --yes")).toBe("Nothing to write.\n");
});

test("a handler is added to the list of its sender, among lines that somebody wrote", async () => {
  await surehook("init --senders stripe --yes");
  const list = read("webhooks/handlers/stripe.ts");
  const mine = list.replace(
    "export const handlers",
    'import {\n  own,\n} from "./own.ts";\n\nexport const handlers',
  );
  write("webhooks/handlers/stripe.ts", mine.replace("};", '  "own.type": own,\n};'));
  await surehook("add handler stripe charge.refunded --yes");
  const longer = read("webhooks/handlers/stripe.ts");
  expect(longer).toMatch(/"own\.type": own,\n {2}"charge\.refunded": onChargeRefunded,\n\};/);
  expect(longer).toMatch(/^import \{ onChargeRefunded \} from ".\/stripe\/charge-refunded\.ts";/m);
  expect(read("webhooks/handlers/stripe/charge-refunded.ts")).toContain("onChargeRefunded(");
  expect(await surehook("add handler stripe charge.refunded --yes")).toBe("Nothing to write.\n");
  expect(await surehook("init --yes")).toBe("Nothing to write.\n");
});

test("types that every object has a property of get handlers like others", async () => {
  write("toString", "a file of that name is no package manager's");
  await surehook("init --senders stripe --javascript --yes");
  for (const type of ["constructor", "__proto__", "toString"]) {
    await surehookOf(["add", "handler", "stripe", type, "--yes"]);
  }
  const { handlers } = await import(join(folder.path, "webhooks/handlers/stripe.js"));
  expect(Object.keys(handlers)).toEqual(
    expect.arrayContaining(["constructor", "__proto__", "toString"]),
  );
  expect(read("webhooks/handlers/stripe/constructor.js")).toContain("function onConstructor(");
});

test("what is no event type is refused, and nothing is written", async () => {
  await surehook("init --senders stripe --javascript --yes");
  const before = files();
  for (const type of ["a'b", "../../evil"]) {
    const adding = surehookOf(["add", "handler", "stripe", type, "--yes"]);
    await expect(adding).rejects.toThrow(/is no event type[\s\S]*\[USAGE\]/);
  }
  expect(files()).toEqual(before);
});

test.each(['a"b', "a`b", "a\nb", "a/../b", "*", "a*/b", "$" + "{a}", "_", "a ", "a".repeat(200)])(
  "%j is no event type",
  (type) => {
    expect(() => eventType(type)).toThrow("is no event type");
  },
);

test("a handler whose module or function would be another's is refused", async () => {
  await surehook("init --senders stripe,github --javascript --yes");
  const before = read("webhooks/handlers/github.js");
  await expect(surehook("add handler github PUSH --yes")).rejects.toThrow("[USAGE]");
  await expect(surehook("add handler stripe types --yes")).rejects.toThrow("[USAGE]");
  await expect(surehook("add handler stripe order_id.of --yes")).rejects.toThrow("[USAGE]");
  expect(read("webhooks/handlers/github.js")).toBe(before);
  // One function may take both.
  await surehook("add handler github pull.request --yes");
  const { handlers } = await import(join(folder.path, "webhooks/handlers/github.js"));
  expect(handlers["pull.request"]).toBe(handlers.pull_request);
});

test("each type that there is a sample of can have a handler", async () => {
  const known = await Promise.all(providers.map((provider) => samplesOf(provider)));
  const types = known.flatMap((samples) => samples.types);
  expect(types.length).toBeGreaterThan(100);
  expect(types.map(eventType)).toEqual(types);
});

test.each(["init --yes", "add shopify --yes"])(
  "`surehook %s` says where a config can't be parsed, and writes nothing",
  async (words) => {
    write("package.json", { type: "module" });
    write("config/webhooks.json", '{\n  "sources": {},\n}\n');
    const before = files();
    await expect(surehook(words)).rejects.toThrow(
      /config\/webhooks\.json can't be parsed: line 3, column 1 [\s\S]*CONFIG_INVALID[\s\S]*Mend it/,
    );
    write("config/webhooks.json", "[]\n");
    await expect(surehook(words)).rejects.toThrow("holds no JSON object");
    expect(files()).toEqual(before);
  },
);

test("npm create surehook runs the surehook of its own version", () => {
  const manifest = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
  const { version, engines } = manifest("package.json");
  expect(manifest("create-surehook/package.json")).toMatchObject({
    version,
    engines,
    dependencies: { surehook: `^${version}` },
  });
});

test("functions on Lambda are known again, and get another sender", async () => {
  write("package.json", { name: "shop", dependencies: { express: "^5.0.0" } });
  await surehook("init --target lambda --senders github --yes");
  expect(JSON.parse(read("infrastructure/package.json"))).toEqual({ type: "module" });
  expect(read(".gitignore")).toContain("cdk.out\n");
  await surehook("add stripe --yes");
  const { destinations, routes } = JSON.parse(read("config/webhooks.json"));
  expect(Object.keys(destinations)).toEqual([
    "queue",
    "seen",
    "github",
    "stripe",
    "alerts",
    "topic",
  ]);
  expect(routes).toHaveLength(6);
  expect(read("webhooks/routes.js")).toContain('"surehook/lambda"');
  expect(await surehook("init --yes")).toBe("Nothing to write.\n");
});

test.each(["server", "lambda"])(
  "JavaScript for %s has no trace of types, and is what Node.js takes",
  async (target) => {
    await surehook(
      `init --senders stripe,github,shopify,paddle --target ${target} --javascript --yes`,
    );
    const modules = files().filter((name) => name.endsWith("js"));
    expect(files().filter((name) => /\.tsx?$/.test(name))).toEqual([]);
    expect(modules.length).toBeGreaterThan(25);
    const checks = modules.map((name) => run(folder.path, [process.execPath, "--check", name]));
    await Promise.all(checks);
    expect(modules.map(read).join("")).not.toMatch(/[«»]|\.ts"/);
  },
);

test.each([
  ["init --senders strpe --yes", 'Did you mean "stripe"?'],
  ["init --framework expres --yes", "Allowed choices are express, fastify"],
  ["init --target lambda --framework koa --yes", "mounted in no framework"],
  ["init --framework nest --javascript --yes", "NestJS needs TypeScript"],
  ["add shopify --yes", "Run `surehook init` first"],
])("`surehook %s` says what is wrong, and writes nothing", async (words, text) => {
  await expect(surehook(words)).rejects.toThrow(text);
  expect(files()).toEqual([]);
});
