/** What a wrong config, secret, module, store or setting makes the command line say: all of it at once. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFolder, mainFile, secrets } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeAll(() => {
  folder = new GatewayFolder();
});

afterAll(() => folder.remove());

type Told = { readonly path: string; readonly expected: string; readonly hint?: string };

async function told(config: string, env: NodeJS.ProcessEnv = {}): Promise<readonly Told[]> {
  const { code, out, err } = await folder.run(["check", "--json", "--config", config], { env });
  expect(code).toBe(2);
  return JSON.parse(out === "" ? err : out).mistakes;
}

const ofAws = `import { defineGateway, secret } from "surehook";
import { code, dynamodb, eventbridge, s3, sns, sqs } from "surehook/destinations";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("M_SET")] }) },
  destinations: {
    queue: sqs({ queueUrl: "arn:aws:sqs:us-east-1:123456789012:orders" }),
    topic: sns({ topicArn: "arn:aws:sns:us-east-1:orders" }),
    bus: eventbridge({ bus: "no bus" }),
    table: dynamodb({ table: "a table", payloadBucket: "Payloads" }),
    bucket: s3({ bucket: "192.0.2.1" }),
    hidden: sns({ topicArn: secret("M_TOPIC") }),
    right: sqs({ queueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/orders.fifo" }),
    module: code(() => import("./to-nowhere.js")),
  },
  routes: [
    { to: ["module"], form: "cloudevents" },
    { to: ["right"], form: "cloudevents" },
    { to: ["bus"], form: "cloudevents-structured" },
  ],
});
`;

test("tells addresses on AWS that are none, and a form whose attributes nothing would carry", async () => {
  folder.write("aws.config.ts", ofAws);
  folder.write("to-nowhere.js", "export const handle = () => undefined;");
  const mistakes = await told("aws.config.ts", { M_SET: "whsec_x", M_TOPIC: "a topic" });
  expect(mistakes.map(({ path }) => path).sort()).toEqual([
    "destinations.bucket.bucket",
    "destinations.bus.bus",
    "destinations.hidden.topicArn",
    "destinations.queue.queueUrl",
    "destinations.table.payloadBucket",
    "destinations.table.table",
    "destinations.topic.topicArn",
    "routes[1].form",
  ]);
  expect(mistakes.find(({ path }) => path === "routes[1].form")?.hint).toContain(
    '"cloudevents-structured"',
  );
  const hidden = mistakes.find(({ path }) => path === "destinations.hidden.topicArn");
  expect(hidden?.hint).toBe("the secret M_TOPIC holds something else");
  expect(JSON.stringify(mistakes)).not.toContain('a topic"');
});

const everyKind = `import { defineGateway, secret } from "surehook";
import { code, http } from "surehook/destinations";
import { github, hmac, stripe } from "surehook/providers";

export default defineGateway({
  publicUrl: "not an address",
  server: { trustedProxies: ["127/8"], tls: { certFile: "none.pem", keyFile: "none.key" } },
  sources: {
    form: stripe({ path: "/form", secrets: [secret("M_OF_WRONG_FORM")], tolerance: 3 }),
    plain: stripe({ path: "/plain", secrets: ["whsec_in_the_config"] }),
    missing: stripe({ path: "/missing", secrets: [secret("M_MISSING")] }),
    file: stripe({ path: "/file", secrets: [secret("M_FILE")] }),
    both: github({ path: "/shared", secrets: [secret("M_BOTH")], allowIps: ["10.1"] }),
    clash: github({ path: "/shared", secrets: [secret("M_SET")] }),
    options: hmac({
      path: "/options",
      header: "x",
      query: "y",
      algorithm: "sha265",
      secrets: [secret("M_SET")],
    }),
  },
  destinations: {
    form: http({
      url: "https://example.com",
      retry: "patent",
      allowPrivate: ["127/8"],
      secrets: [secret("M_OF_WRONG_DESTINATION")],
    }),
    app: http({
      url: secret("M_SET"),
      secrets: [secret("M_KEY")],
      headers: { authorization: secret("M_TOKEN") },
    }),
    gone: code(() => import("./gone.ts")),
    other: code("./note.js", { memoryMb: 1 }),
    empty: code(() => import("./empty.ts"), { isolation: "none" }),
  },
  routes: [
    { form: "missing", to: "app" },
    { from: "mising", to: ["app", "gone", "app"] },
  ],
});
`;

const wanted = [
  "publicUrl",
  "server.trustedProxies[0]",
  "server.tls.certFile",
  "server.tls.keyFile",
  "sources.form.tolerance",
  "sources.form.secrets[0]",
  "sources.plain.secrets[0]",
  "sources.missing.secrets[0]",
  "sources.file.secrets[0]",
  "sources.both.secrets[0]",
  "sources.both.allowIps[0]",
  "sources.clash.path",
  "sources.options.algorithm",
  "sources.options.header",
  "destinations.form.retry",
  "destinations.form.allowPrivate[0]",
  "destinations.form.secrets[0]",
  "destinations.app.url",
  "destinations.app.secrets[0]",
  "destinations.app.headers.authorization",
  "destinations.gone.module",
  "destinations.other.memoryMb",
  "destinations.other.module",
  "destinations.empty.module",
  "routes[0].form",
  "routes[1].from",
  "routes[1].to",
];

const wrongSecrets = {
  M_SET: "is set",
  M_KEY: "no key",
  M_BOTH: "one",
  M_BOTH_FILE: "two.txt",
  M_FILE_FILE: "no-such-file.txt",
};

describe("a config with every kind of mistake", () => {
  test.each([["check"], ["start"]])("makes %s tell all of them in one go", async (command) => {
    folder.write("empty.ts", "export default function handle() {}\n");
    const path = folder.write("every.config.ts", everyKind);
    const { code, out, err } = await folder.run([command, "--config", path], { env: wrongSecrets });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const paths = [...err.matchAll(/^ {2}(\S.*)$/gm)].map(([, at]) => at);
    expect(paths.toSorted()).toEqual(wanted.toSorted());
    expect(err).toContain("check --config every.config.ts`");
    expect(err).not.toContain("whsec_in_the_config");
    expect(readdirSync(folder.path)).not.toContain(".surehook");
  });

  test("says of each what was expected, with a hint", async () => {
    const path = folder.write("every.config.ts", everyKind);
    const all = new Map((await told(path, wrongSecrets)).map((one) => [one.path, one]));
    const said = (at: string): string => `${all.get(at)?.expected} / ${all.get(at)?.hint}`;
    expect(said("sources.form.tolerance")).toContain('did you mean "toleranceSeconds"?');
    expect(said("sources.plain.secrets[0]")).toContain('secret("NAME")');
    expect(said("sources.file.secrets[0]")).toContain("M_FILE_FILE names no-such-file.txt");
    expect(said("sources.both.secrets[0]")).toContain("remove M_BOTH from the environment");
    expect(said("destinations.form.retry")).toContain('did you mean "patient"?');
    expect(said("destinations.app.secrets[0]")).toContain("M_KEY is not whsec_");
    expect(said("destinations.gone.module")).toMatch(/handle\(event, context\).*gone\.ts/);
    expect(said("destinations.empty.module")).toContain("exports no function handle");
    expect(said("routes[0].form")).toContain('did you mean "from"?');
    expect(said("routes[1].to")).toContain('"app" is there again');
    expect(JSON.stringify([...all.values()])).not.toMatch(/Invalid|record/);
  });
});

const oneModule = (module: string) => `import { defineGateway, secret } from "surehook";
import { code } from "surehook/destinations";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }) },
  destinations: { app: code(() => import("./${module}")) },
  routes: [{ to: "app" }],
});
`;

describe("a module of a code destination", () => {
  test("that can't be parsed is a mistake", async () => {
    folder.write("broken.ts", "export function handle( {\n");
    const path = folder.write("broken.config.ts", oneModule("broken.ts"));
    expect((await told(path)).map(({ path: at }) => at)).toEqual(["destinations.app.module"]);
  });

  test("that throws while it is loaded may come right: check notes it, and says nothing else", async () => {
    folder.write("throws.ts", 'console.log("loud");\nthrow new Error("the database is down");\n');
    const path = folder.write("throws.config.ts", oneModule("throws.ts"));
    const { code, out, err } = await folder.run(["check", "--config", path]);
    expect(code).toBe(0);
    expect(out).not.toContain("loud");
    expect(err).toContain("destinations.app.module");
    expect(err).toContain("the database is down");
  });
});

describe("a module of a source", () => {
  test("that exports no respond is a mistake", async () => {
    folder.write("silent.ts", "export const handle = () => undefined;\n");
    const path = folder.write(
      "silent.config.ts",
      `import { defineGateway, secret } from "surehook";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")], respond: () => import("./silent.ts") }),
  },
  destinations: {},
  routes: [],
});
`,
    );
    const [mistake, ...others] = await told(path);
    expect(others).toEqual([]);
    expect(mistake).toMatchObject({
      path: "sources.stripe.respond",
      expected: "a module that exports respond(event, context)",
    });
    expect(mistake?.hint).toContain("exports no function respond");
  });
});

describe("a secret of blanks", () => {
  test("is none, from the environment and from a file", async () => {
    folder.write("blank.txt", " \n");
    const path = folder.write("blank.config.ts", oneModule("empty.ts"));
    for (const env of [
      { STRIPE_SECRET: "  " },
      { STRIPE_SECRET: "", STRIPE_SECRET_FILE: "blank.txt" },
    ]) {
      const mistakes = await told(path, env);
      expect(mistakes.map(({ path: at }) => at)).toContain("sources.stripe.secrets[0]");
    }
  });
});

describe("files of TLS", () => {
  test("that are no certificate and no key, or don't belong together, are mistakes", async () => {
    const certificates = new URL("../support/certificates/", import.meta.url);
    const pem = (name: string) => new URL(`${name}.pem`, certificates).pathname;
    const config = (certFile: string, keyFile: string) =>
      folder.write(
        "tls.json",
        JSON.stringify({
          server: { tls: { certFile, keyFile } },
          sources: { a: { provider: "stripe", path: "/a", unsigned: true } },
          destinations: {},
          routes: [],
        }),
      );
    const note = folder.write("note.txt", "not PEM\n");
    const pathsOf = async (path: string) => (await told(path)).map(({ path: at }) => at);
    expect(await pathsOf(config(note, note))).toEqual([
      "server.tls.certFile",
      "server.tls.keyFile",
    ]);
    expect(await pathsOf(config(pem("root"), pem("own-key")))).toEqual(["server.tls.keyFile"]);
  });
});

describe("an address of a source", () => {
  test.each([["/ä"], ["/a/../b"], ["/g/:a/:a"], ["/c/:"], ["/a b"]])(
    "%s is a mistake",
    async (at) => {
      const sources = { a: { provider: "stripe", path: at, unsigned: true } };
      const path = folder.write(
        "path.json",
        JSON.stringify({ sources, destinations: {}, routes: [] }),
      );
      expect((await told(path)).map((one) => one.path)).toEqual(["sources.a.path"]);
    },
  );
});

describe("a secret that is set twice", () => {
  test("is told with the file of variables that it has to leave", async () => {
    folder.write(".env.local", "STRIPE_SECRET=of_the_file\n");
    const args = ["--env-file-if-exists=.env.local", mainFile, "check"];
    const env = { PATH: process.env.PATH, SHOP_SECRET: "x", STRIPE_SECRET_FILE: "two.txt" };
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: folder.path,
      env,
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stderr).toContain("either STRIPE_SECRET or STRIPE_SECRET_FILE, but both are set");
    expect(stderr).toContain("remove STRIPE_SECRET from .env.local, or unset STRIPE_SECRET_FILE");
  });
});

describe("a config that can't be read", () => {
  test.each([
    ["ts", "export default {\n  sources: { a: ;\n};\n", "wrong.config.ts:2:17 can't be loaded"],
    ["ts", "\n\nenum Stage { a }\nexport default {};\n", "wrong.config.ts:3:1 can't be loaded"],
    ["ts", 'throw new Error("no");\nexport default {};\n', "wrong.config.ts:1:7 can't be loaded"],
    [
      "ts",
      'import { stripe } from "surehook/providers";\nimport { nope } from "surehook";\nexport default stripe;\n',
      "wrong.config.ts:2:10 can't be loaded",
    ],
    [
      "ts",
      "/*\n * defineGatway\n */\n\nexport default defineGatway({});\n",
      "wrong.config.ts:5:16 can't be loaded: defineGatway is not defined",
    ],
    ["js", "export default {\n\n  a b\n};\n", "wrong.config.js:3:5 can't be loaded"],
    [
      "mjs",
      "function f() {\n  return nothing;\n}\nexport default f();\n",
      "wrong.config.mjs:2:3 can't be loaded: nothing is not defined",
    ],
    ["ts", 'import "./gone.ts";\nexport default 1;\n', "gone.ts' imported from"],
    [
      "ts",
      "if (true) {\n  process.exit(0);\n}\nexport default {};\n",
      "wrong.config.ts:2:11 can't be loaded: it ends the process by process.exit(0)",
    ],
    ["mjs", "await new Promise(() => {});\n", "wrong.config.mjs can't be loaded: it waits for"],
    ["ts", "throw { code: 5 };\n", 'wrong.config.ts can\'t be loaded: it throws {"code":5}'],
    ["ts", "throw undefined;\n", "wrong.config.ts can't be loaded: it throws undefined"],
    ["ts", "throw new Error();\n", "wrong.config.ts:1:7 can't be loaded: Error"],
  ])("(%s) is named with its place", async (ending, text, place) => {
    const path = folder.write(`wrong.config.${ending}`, text);
    const { code, err } = await folder.run(["check", "--config", path]);
    expect(code).toBe(2);
    expect(err).toContain(place);
    expect(err).not.toContain("src/app");
  });

  test("as JSON has one mistake: the place where it stops being JSON", async () => {
    const path = folder.write("wrong.json", '{\n  "sources": {},\n  "routes": [],\n}\n');
    const mistakes = await told(path);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]?.expected).toContain("line 4, column 1");
  });

  test("as JSON has what is under a wrong provider or kind told with it", async () => {
    const path = folder.write(
      "kinds.json",
      JSON.stringify({
        sources: {
          a: { provider: "strip", path: "/a", secrets: [{ secret: "M_NONE" }], tolerance: 3 },
          b: { provider: "stripe", path: "/a", secrets: [{ secret: "M_SET" }] },
        },
        destinations: { b: { kind: "htp", url: "https://example.com", retry: "patent" } },
        routes: [{ from: "a", to: "b", transform: "./no-such-module.ts" }],
      }),
    );
    const mistakes = await told(path, wrongSecrets);
    const hints = mistakes.map(({ path: at, hint }) => [at, hint]);
    expect(hints).toContainEqual([
      "sources.a.provider",
      expect.stringMatching(/^did you mean "stripe"\?/),
    ]);
    expect(hints).toContainEqual(["destinations.b.kind", 'did you mean "http"?']);
    expect(mistakes.map(({ path: at }) => at).toSorted()).toEqual([
      "destinations.b.kind",
      "destinations.b.retry",
      "routes[0].transform",
      "sources.a.provider",
      "sources.a.secrets[0]",
      "sources.a.tolerance",
      "sources.b.path",
    ]);
  });

  test("is told with its wrong options that no source of it would be on", async () => {
    const path = folder.write(
      "off.json",
      JSON.stringify({
        sources: {
          a: { provider: "stripe", path: "/a", secrets: [{ secret: "M_OFF", optional: true }] },
        },
        destinations: {},
        routes: [],
        limits: { drainSeconds: 0 },
      }),
    );
    const mistakes = await told(path);
    const paths = mistakes.map(({ path: at }) => at);
    expect(paths.toSorted()).toEqual(["limits.drainSeconds", "sources"]);
    expect(mistakes.find((one) => one.path === "sources")?.hint).toMatch(/ set M_OFF$/);
  });

  test.each([
    ["", "is empty"],
    [".", "is a folder, not a config.+\n.*surehook\\.config\\.ts"],
    ["nowhere.ts", "There is no config at .*nowhere\\.ts.+\nName one that is there"],
  ])("as %j is told with what to do", async (named, text) => {
    const { code, err } = await folder.run(["check", "--config", named]);
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(text));
  });
});

describe("the environment", () => {
  test("has its wrong values told together, as faults of usage", async () => {
    const env = { SUREHOOK_LOG_LEVEL: "wran", PORT: "99999" };
    const { code, err } = await folder.run(["start"], { env });
    expect(code).toBe(2);
    expect(err).toContain("[USAGE]");
    expect(err).toContain('did you mean "warn"?');
    expect(err).toContain('not "99999"');
  });

  test.each([["start"], ["events"]])(
    "that names no store makes %s say so, and leaves what is there alone",
    async (command) => {
      const text = folder.write("notes.txt", "not a database\n");
      mkdirSync(join(folder.path, "folder"), { recursive: true });
      for (const store of ["notes.txt", "folder"]) {
        const { code, err } = await folder.run([command], { env: { SUREHOOK_STORE: store } });
        expect(code).toBe(1);
        expect(err).toContain("[STORE_UNSUITABLE]");
        expect(err).toContain("Set SUREHOOK_STORE to ");
      }
      expect(readFileSync(text, "utf8")).toBe("not a database\n");
      expect(readdirSync(folder.path).filter((name) => name.startsWith("notes.txt"))).toEqual([
        "notes.txt",
      ]);
    },
  );
});

describe("a store on PostgreSQL", () => {
  test("is told not to be there yet, with what to set instead", async () => {
    const env = { SUREHOOK_STORE: "postgres://u:password@db/events" };
    const { code, err } = await folder.run(["events"], { env });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^Set it to a path, such as \.surehook\/surehook\.db, for the embedded store\.$/m,
    );
    expect(err).not.toContain("password");
  });
});

describe("with a gateway that has run", () => {
  /** But the index of the log that readers share, in which each notes how far it reads. */
  const store = (): readonly (readonly [string, number, number])[] => {
    const path = join(folder.path, ".surehook");
    const names = readdirSync(path).filter((name) => !name.endsWith("-shm"));
    return names.map((name) => {
      const { mtimeMs, size } = statSync(join(path, name));
      return [name, mtimeMs, size];
    });
  };

  test("check shows the pauses and changes nothing of the store", async () => {
    await folder.start();
    await folder.ok("pause", "note", "--reason", "a look");
    await folder.stop();
    const before = store();
    expect(await folder.ok("check")).toContain("a look");
    expect(store()).toEqual(before);
  });

  test("lists and shows are read where nothing can be written; what can't be is said", async () => {
    await folder.start();
    await folder.ok("send", "stripe", "charge.succeeded", "--url", folder.url);
    await folder.stop("SIGKILL");
    const [event] = (await folder.json("events")).items;
    for (const words of [["events"], ["requests"], ["deliveries"], ["events", "show", event.id]]) {
      const { code, out, err } = await folder.lookAtCopy(words);
      expect({ words, code, err }).toMatchObject({ code: 0 });
      expect(out).toContain(event.id);
    }
    const tail = await folder.lookAtCopy(["events", "tail"], {
      meanwhile: async (child) => {
        for await (const text of child.stderr ?? []) {
          if (String(text).includes("Waiting for events")) child.kill("SIGINT");
        }
      },
    });
    expect(tail).toMatchObject({ code: 0, out: "" });
    const { err: refused } = await folder.lookAtCopy(["pause", "note"]);
    expect(refused).toMatch(/can't be written: .*\nSet SUREHOOK_STORE to/s);
    rmSync(join(folder.path, "kept", "surehook.db-shm"));
    const { code, err } = await folder.lookAtCopy(["events"]);
    expect(code).toBe(1);
    expect(err).toMatch(/can't be read: .*surehook\.db-wal is read where its folder can be/s);
  });

  test("a tail that began while none ran follows what comes by the next", async () => {
    await folder.start();
    await folder.stop();
    const came = Promise.withResolvers<void>();
    const { code, out } = await folder.run(["events", "tail", "--json"], {
      meanwhile: async (child) => {
        child.stdout?.once("data", () => came.resolve());
        await once(child.stderr ?? child, "data");
        await folder.start();
        await folder.ok("send", "stripe", "charge.succeeded", "--url", folder.url);
        await came.promise;
        child.kill("SIGINT");
      },
    });
    await folder.stop();
    expect(code).toBe(0);
    expect(out).toContain('"type":"charge.succeeded"');
  });

  test("a config that SUREHOOK_CONFIG names is named in what start prints; so is where it listens", async () => {
    folder.write("other.config.ts", readFileSync(join(folder.path, "surehook.config.ts"), "utf8"));
    const file = folder.write("shop.secret", secrets.SHOP_SECRET);
    const env = { SUREHOOK_CONFIG: "other.config.ts", SHOP_SECRET: "", SHOP_SECRET_FILE: file };
    let printed = "";
    await folder.run(["start", "--port", "0"], {
      env,
      meanwhile: async (child) => {
        for await (const chunk of child.stdout ?? []) {
          printed += chunk;
          if (printed.includes("Or without it")) child.kill("SIGTERM");
        }
      },
    });
    expect(printed).toMatch(/listens at http:\/\/127\.0\.0\.1:\d+ and at every other .*0\.0\.0\.0/);
    expect(printed).toMatch(/ send \S+ \S+ --config other\.config\.ts/);
    expect(printed).toContain(`-hmac "$(cat ${file})"`);
    expect(printed).not.toContain(".env.local");
  });
});
