import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { DestinationContext } from "../core/define.ts";
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { type CodeOptions, type CodeSource, code, codeKind } from "./code.ts";
import { childFlags } from "./code-fork.ts";
import {
  arrivals,
  type Behaviour,
  contextOf,
  destinationConformance,
  noSignal,
  parcelOf,
} from "./conformance.ts";

type Line = { readonly text: string; readonly fields: Readonly<Record<string, unknown>> };

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "surehook-code-"));
  endings.push(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** Opens a destination of a module with this text; what the module logs arrives. */
async function opened(
  text: string,
  options: CodeOptions = {},
  context: Partial<DestinationContext> = {},
) {
  const path = folder({ "module.ts": text });
  const lines = arrivals<Line>();
  const configUrl = pathToFileURL(join(path, "surehook.config.ts")).href;
  const destination = await openCode("./module.ts", options, {
    configUrl,
    log: (line, fields = {}) => lines.add({ text: line, fields }),
    ...context,
  });
  return { ...destination, path, line: lines.next };
}

async function openCode(
  module: CodeSource,
  options: CodeOptions,
  context: Partial<DestinationContext>,
) {
  const { options: written } = code(module, options);
  const destination: OpenDestination = await codeKind.open(written, contextOf(context));
  endings.push(() => destination.close());
  const send = (given: Partial<Parcel> = {}, signal = noSignal()): Promise<Outcome> =>
    destination.send(parcelOf(given), signal);
  return { destination, send };
}

const echo = `
  import type { CodeEvent, CodeContext } from "surehook/destinations";
  export function handle(event: CodeEvent, context: CodeContext) {
    context.log("arrived", { body: event.body.toString("base64") });
`;

const behaviours: Readonly<Record<Behaviour, string>> = {
  accepts: `${echo} }`,
  refuses: `${echo} throw new Error("no room"); }`,
  hangs: `${echo} return new Promise(() => {}); }`,
};

for (const isolation of ["worker", "none"] as const) {
  describe(`isolation: ${isolation}`, () => {
    destinationConformance({
      kind: codeKind,
      open: async (behaviour) => {
        const { destination, line } = await opened(behaviours[behaviour], { isolation });
        return {
          destination,
          arrived: async () => Buffer.from(String((await line()).fields.body), "base64"),
          end: async () => undefined,
        };
      },
    });
  });

  describe(`what handle is called with (${isolation})`, () => {
    it("is the event, its payload and body, and the headers without credentials", async () => {
      const { send, line } = await opened(
        `export function handle(event, context) {
          const { signal, log, ...rest } = context;
          log("called", { event: { ...event, body: String(event.body) }, rest,
            isBuffer: Buffer.isBuffer(event.body), isAborted: signal.aborted });
        }`,
        { isolation },
      );
      const headers = ["X-A", "1", "x-a", "2", "Cookie", "c", "Authorization", "d"];
      expect(await send({ attempt: 2, headers })).toEqual({ kind: "delivered" });
      const { id, source, provider, type, occurredAt, receivedAt } = parcelOf().event;
      expect((await line()).fields).toEqual({
        event: {
          ...{ id, source, provider, type, occurredAt, receivedAt },
          providerEventId: "evt_1",
          params: { tenant: "acme" },
          payload: { id: 1 },
          body: '{"id":1}',
          headers: { "x-a": "1, 2" },
        },
        rest: { deliveryId: parcelOf().deliveryId, attempt: 2 },
        isBuffer: true,
        isAborted: false,
        deliveryId: parcelOf().deliveryId,
      });
    });

    it("has an undefined payload where the body isn't JSON", async () => {
      const { send, line } = await opened(
        `export const handle = (event, context) => context.log(typeof event.payload);`,
        { isolation },
      );
      await send({ body: Buffer.from("a=1") });
      expect((await line()).text).toBe("undefined");
    });

    it("waits for what handle returns, and takes its error for the detail", async () => {
      const { send } = await opened(
        `export async function handle(event) {
          await new Promise(setImmediate);
          throw event.payload === 1 ? new TypeError("one") : "two";
        }`,
        { isolation },
      );
      const failure = { kind: "failed", code: "HANDLER_FAILED" };
      expect(await send({ body: Buffer.from("1") })).toEqual({ ...failure, detail: "one" });
      expect(await send({ body: Buffer.from("2") })).toEqual({ ...failure, detail: "two" });
    });

    it("aborts the signal when the time is up", async () => {
      const { send, line } = await opened(
        `export const handle = (event, { signal, log }) => new Promise(() => {
          signal.addEventListener("abort", () => log("aborted", { name: signal.reason.name }));
        });`,
        { isolation },
        { timeoutMs: 2_000 },
      );
      expect(await send()).toMatchObject({ kind: "failed", code: "DESTINATION_TIMEOUT" });
      expect(await line()).toMatchObject({ text: "aborted", fields: { name: "TimeoutError" } });
    });

    it.each([
      ["that isn't there", "./none.ts", /none\.ts/],
      ["that throws as it loads", "./throws.ts", /on purpose/],
      ["that isn't TypeScript", "./broken.ts", /./],
      ["without handle", "./empty.ts", /exports no function handle/],
    ])("fails with the reason for a module %s", async (_, module, reason) => {
      const path = folder({
        "throws.ts": 'throw new Error("on purpose");',
        "broken.ts": "export const = 1;",
        "empty.ts": "export const other = 1;",
      });
      const configUrl = pathToFileURL(join(path, "surehook.config.ts")).href;
      const { send } = await openCode(module, { isolation }, { configUrl });
      expect(await send()).toMatchObject({
        kind: "failed",
        code: "HANDLER_FAILED",
        detail: expect.stringMatching(reason),
      });
    });
  });
}

describe("how the worker finds the module", () => {
  const kit = new URL("./code.ts", import.meta.url).href;
  const config = (import_: string) => `
    import { code } from "${kit}";
    export default { destinations: { fulfil: code(() => ${import_}) } };
  `;

  it("imports the config and calls its function there", async () => {
    const path = folder({
      "surehook.config.ts": config('import("./fulfil.ts")'),
      "fulfil.ts": `
        export const handle = (event, { log }) => log("process", { pid: process.pid });
      `,
    });
    const lines = arrivals<Line>();
    const { send } = await openCode(
      () => Promise.reject(new Error("called in the gateway's process")),
      {},
      {
        name: "fulfil",
        configUrl: pathToFileURL(join(path, "surehook.config.ts")).href,
        log: (text, fields = {}) => lines.add({ text, fields }),
      },
    );
    expect(await send()).toEqual({ kind: "delivered" });
    expect((await lines.next()).fields.pid).not.toBe(process.pid);
  });

  it("says so where the config has no such destination", async () => {
    const path = folder({ "surehook.config.ts": config("0") });
    const configUrl = pathToFileURL(join(path, "surehook.config.ts")).href;
    const { send } = await openCode(
      async () => ({ handle: () => 0 }),
      {},
      { name: "x", configUrl },
    );
    expect(await send()).toMatchObject({ detail: expect.stringContaining('destination "x"') });
  });

  it("imports the prelude first", async () => {
    const path = folder({ "prelude.ts": "globalThis.isPrepared = true;" });
    const workerPrelude = [pathToFileURL(join(path, "prelude.ts")).href];
    const { send, line } = await opened(
      `const wasPrepared = globalThis.isPrepared;
       export const handle = (event, { log }) => log("prepared", { wasPrepared });`,
      {},
      { workerPrelude },
    );
    await send();
    expect((await line()).fields.wasPrepared).toBe(true);
  });

  it("takes a URL and an absolute path without a config", async () => {
    const path = join(folder({ "module.ts": "export const handle = () => {};" }), "module.ts");
    for (const module of [pathToFileURL(path), pathToFileURL(path).href, path]) {
      const { send } = await openCode(module, {}, {});
      expect(await send()).toEqual({ kind: "delivered" });
    }
  });

  it("refuses a function without a config, and says what to do", () => {
    const { options } = code(async () => ({ handle: () => 0 }));
    expect(() => codeKind.open(options, contextOf())).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining('isolation: "none"'),
      }),
    );
  });

  it("refuses a relative path without a config", () => {
    const { options } = code("./module.ts");
    expect(() => codeKind.open(options, contextOf())).toThrow(/absolute path/);
  });
});

describe("what the worker keeps from the gateway", () => {
  const failure = { kind: "failed", code: "HANDLER_FAILED" };
  const on = (cases: Readonly<Record<string, string>>) => `
    export async function handle(event, context) {
      context.log("begun");
      const cases = { ${Object.entries(cases).map(([name, text]) => `${name}: async () => { ${text} }`)} };
      await cases[event.payload]?.();
    }`;
  const body = (name: string) => ({ body: Buffer.from(JSON.stringify(name)) });

  it("an endless loop: all in flight are interrupted, the next goes well, and the loop is charged alone", async () => {
    const { send, line } = await opened(
      on({ loop: "for (;;);", hang: "await new Promise(() => {});" }),
      {},
    );
    const stop = new AbortController();
    const hanging = send(body("hang"));
    await line();
    const looping = send(body("loop"), stop.signal);
    await line();
    let turns = 0;
    const turning = setInterval(() => {
      turns += 1;
    }, 10);
    stop.abort(new DOMException("time is up", "TimeoutError"));
    const waiting = send({ ...body("fine"), deliveryId: "other" });
    const interrupted = { kind: "interrupted", reason: expect.stringContaining("blocked") };
    expect(await Promise.all([hanging, looping])).toEqual([interrupted, interrupted]);
    expect(await waiting).toEqual({ kind: "delivered" });
    clearInterval(turning);
    // The gateway's own loop went on during the second in which the worker's didn't.
    expect(turns).toBeGreaterThan(10);
    const again = new AbortController();
    const alone = send(body("loop"), again.signal);
    while ((await line()).text !== "begun");
    again.abort(new DOMException("time is up", "TimeoutError"));
    expect(await alone).toMatchObject({ kind: "failed", code: "DESTINATION_TIMEOUT" });
  });

  it("an await that never ends: others go on in the same worker", async () => {
    const { send, line } = await opened(on({ hang: "await new Promise(() => {});" }));
    const stop = new AbortController();
    const hanging = send(body("hang"), stop.signal);
    await line();
    stop.abort(new DOMException("time is up", "TimeoutError"));
    const other = send(body("fine"));
    expect(await hanging).toMatchObject({ code: "DESTINATION_TIMEOUT" });
    expect(await other).toEqual({ kind: "delivered" });
    expect((await line()).text).toBe("begun");
  });

  it.each([
    ["process.exit", "process.exit(7);", /exited with code 7/],
    ["an exception of its own", 'setImmediate(() => { throw new Error("loose"); });', /loose/],
    ["a rejection that nobody handles", 'void Promise.reject(new Error("loose"));', /loose/],
  ])("%s: all in flight are interrupted, and it alone is charged", async (_, text, reason) => {
    const { send, line } = await opened(
      on({ crash: `${text} await new Promise(() => {});`, hang: "await new Promise(() => {});" }),
    );
    const hanging = send({ ...body("hang"), deliveryId: "innocent" });
    await line();
    const crashing = send(body("crash"));
    const interrupted = { kind: "interrupted", reason: expect.stringMatching(reason) };
    expect(await Promise.all([hanging, crashing])).toEqual([interrupted, interrupted]);
    const again = [send(body("crash")), send({ ...body("fine"), deliveryId: "innocent" })];
    const charged = { ...failure, detail: expect.stringMatching(reason) };
    expect(await Promise.all(again)).toEqual([charged, { kind: "delivered" }]);
    expect(
      await Promise.all([send(body("crash")), send({ ...body("fine"), deliveryId: "new" })]),
    ).toEqual([charged, { kind: "delivered" }]);
  });

  it("a suspect whose turn comes late: it goes back, and the next one has its full time", async () => {
    let now = 0;
    const { send, line } = await opened(
      on({ crash: "process.exit();", hang: "await new Promise(() => {});" }),
      {},
      { now: () => now },
    );
    const first = { ...body("hang"), deliveryId: "first" };
    const second = { ...body("hang"), deliveryId: "second" };
    const both = [send(first), send(second)];
    expect([(await line()).text, (await line()).text]).toEqual(["begun", "begun"]);
    await send({ ...body("crash"), deliveryId: "third" });
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(Array(2).fill("interrupted"));
    const stop = new AbortController();
    const hanging = send(first, stop.signal);
    while ((await line()).fields.deliveryId !== "first");
    const late = send(second);
    now += 3_001;
    stop.abort(new DOMException("time is up", "TimeoutError"));
    expect(await hanging).toMatchObject({ code: "DESTINATION_TIMEOUT" });
    const reason = expect.stringContaining("others ran alone");
    expect(await late).toEqual({ kind: "interrupted", reason });
    expect(await send({ ...body("fine"), deliveryId: "second" })).toEqual({ kind: "delivered" });
  });

  it.each([
    ["objects", "const all = []; for (;;) all.push({ a: all.length, b: { c: 1 } });"],
    ["arrays", "const all = []; for (let n = 0; ; n++) all.push(new Array(1000).fill(n));"],
    ["one array", "const all = []; for (;;) all.push(all.length + 0.5);"],
    ["a Map", "const all = new Map(); for (;;) all.set(all.size, 1);"],
    ["many Maps", "const all = []; for (;;) all.push(new Map([[all.length, new Set([1])]]));"],
    ["strings", 'const all = []; for (;;) all.push(String(all.length).padStart(1e5, "x"));'],
    ["promises", "const all = []; for (;;) all.push(new Promise(() => {}).then(() => all));"],
    ["closures", "let f = () => 0; for (;;) { const g = f; f = () => g; }"],
    ["turns of the loop", "for (;;) { hogs.push(new Array(1e5).fill(0)); await later(); }"],
    ["Buffers", "const all = []; for (;;) all.push(Buffer.alloc(1e6, 1));"],
    ["typed arrays", "const all = []; for (;;) all.push(new Float64Array(1e5).fill(1));"],
  ])("memory without end, in %s: the gateway lives on", async (_, text) => {
    const { send } = await opened(
      `const hogs = []; const later = () => new Promise(setImmediate);
      ${on({ hog: text })}`,
      { memoryMb: 64 },
    );
    expect(await send(body("hog"))).toEqual({
      ...failure,
      detail: expect.stringMatching(/memory/),
    });
    expect(await send(body("fine"))).toEqual({ kind: "delivered" });
  });

  it("memory without end, in one string: V8 refuses it, and handle fails", async () => {
    const { send } = await opened(on({ hog: 'let s = "x"; for (;;) s += s;' }), { memoryMb: 64 });
    const detail = expect.stringContaining("Invalid string length");
    expect(await send(body("hog"))).toEqual({ ...failure, detail });
    expect(await send(body("fine"))).toEqual({ kind: "delivered" });
  });

  it.each([
    ["no JSON", "const odd = {}; odd.odd = odd;"],
    ["more nesting than a stack holds", "let odd; for (let n = 0; n < 1e5; n++) odd = { odd };"],
    ["more text than a log holds", 'const odd = "x".repeat(1e7);'],
  ])("log fields of %s", async (_, text) => {
    const { send, line } = await opened(
      `export function handle(event, { log }) { ${text} log("odd", { odd }); }`,
    );
    expect(await send()).toEqual({ kind: "delivered" });
    expect(await line()).toMatchObject({ text: "odd", fields: { unsendable: ["odd"] } });
  });

  it("what ended before the process did is delivered", async () => {
    const { send, line } = await opened(on({ last: "setImmediate(() => process.exit());" }));
    expect(await send(body("last"))).toEqual({ kind: "delivered" });
    expect((await line()).text).toBe("begun");
    expect((await line()).text).toBe("code worker lost");
    expect(await send(body("fine"))).toEqual({ kind: "delivered" });
  });

  it("a channel that it closes: the next goes well", async () => {
    const { send } = await opened(
      on({ close: "process.disconnect(); for (;;);" }),
      {
        memoryMb: 64,
      },
      { timeoutMs: 3_000 },
    );
    expect(await send(body("close"))).toMatchObject({ code: "DESTINATION_TIMEOUT" });
    expect(await send(body("fine"))).toEqual({ kind: "delivered" });
  });

  it("a module that can't be loaded: each start waits longer", async () => {
    let now = 0;
    const { send, path } = await opened('throw new Error("on load");', {}, { now: () => now });
    expect(await send()).toMatchObject({ detail: expect.stringContaining("on load") });
    expect(await send()).toMatchObject({ ...failure, retryAfterMs: 500 });
    now = 500;
    expect(await send()).not.toHaveProperty("retryAfterMs");
    expect(await send()).toMatchObject({ ...failure, retryAfterMs: 1_000 });
    writeFileSync(join(path, "module.ts"), "export const handle = () => {};");
    expect(await send()).toMatchObject({ detail: expect.stringContaining("on load") });
    now = 1_500;
    expect(await send()).toEqual({ kind: "delivered" });
  });

  it("a loop while it loads", async () => {
    const { send } = await opened("for (;;);", {}, { timeoutMs: 100 });
    const first = send();
    const second = send();
    expect(await first).toMatchObject({ code: "DESTINATION_TIMEOUT" });
    expect(await second).toMatchObject({ code: "DESTINATION_TIMEOUT" });
  });
});

describe("closing a code destination", () => {
  it("ends with what hangs, once its time is up", async () => {
    const { send, line, destination } = await opened(behaviours.hangs, {}, { timeoutMs: 3_000 });
    const hanging = send();
    await line();
    await destination.close();
    expect(await hanging).toMatchObject({ code: "DESTINATION_TIMEOUT" });
  });

  it("ends a worker that loops", async () => {
    const loop = `${echo} for (;;); }`;
    const { send, line, destination } = await opened(loop, {}, { timeoutMs: 3_000 });
    const looping = send();
    await line();
    await destination.close();
    expect(await looping).toMatchObject({ code: "DESTINATION_TIMEOUT" });
  });
});

describe("the process of a code destination", () => {
  const shown = `
    export async function handle(event, { log }) {
      log("pid", { pid: process.pid, args: process.execArgv, setting: process.env.SUREHOOK_TEST_SETTING });
      if (event.payload === "wait") await new Promise((resolve) => setTimeout(resolve, 300));
      if (event.payload === "loop") for (;;);
    }`;
  const wait = { body: Buffer.from('"wait"') };
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const gone = (pid: number) => expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);

  it("has the gateway's environment, and its heap's limit", async () => {
    process.env.SUREHOOK_TEST_SETTING = "kept";
    endings.push(() => delete process.env.SUREHOOK_TEST_SETTING);
    const { send, line } = await opened(shown, { memoryMb: 77 });
    await send();
    const { setting, args } = (await line()).fields;
    expect(setting).toBe("kept");
    expect(args).toContain("--max-old-space-size=77");
  });

  it("has the gateway's flags, but for scripts, debuggers and heaps", () => {
    const heap = "--max-old-space-size=64";
    expect(childFlags([], 64)).toEqual([heap]);
    const kept = ["--import", "./otel.js", "--conditions=x", "-r", "./y.js"];
    expect(childFlags(["--inspect-brk=0", "-e", "code", ...kept], 64)).toEqual([...kept, heap]);
    const own = ["--max-old-space-size=9", "--input-type=module", "--print", "code", "--watch"];
    expect(childFlags(own, 64)).toEqual([heap]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"])("lets what is under way end at a %s", async (signal) => {
    const { send, line } = await opened(shown);
    const sent = send(wait);
    const { pid } = (await line()).fields;
    process.kill(Number(pid), signal);
    expect(await sent).toEqual({ kind: "delivered" });
    await send();
    expect((await line()).fields.pid).toBe(pid);
  });

  it("has ended when the destination is closed", async () => {
    const blocked = `process.on("exit", () => { for (;;); });`;
    for (const before of ["", blocked]) {
      const { send, line, destination } = await opened(`${before} ${shown}`);
      const sent = send(wait);
      const { pid } = (await line()).fields;
      await destination.close();
      expect(await sent).toEqual({ kind: "delivered" });
      expect(isAlive(Number(pid))).toBe(false);
    }
  });

  it("has ended when it was started no sooner than closed", async () => {
    const { destination, send } = await opened(shown);
    await destination.close();
    expect(await send()).toMatchObject({ kind: "failed" });
  });

  it.each(["wait", "loop"])(
    "ends with a gateway that is killed, in a handler's %s",
    async (what) => {
      const path = folder({
        "module.mjs": shown,
        "gateway.mjs": `
        const { code, codeKind } = await import("${new URL("./code.ts", import.meta.url).href}");
        const { parcel, context } = JSON.parse(process.env.SUREHOOK_TEST_PARTS);
        Object.assign(context, { now: Date.now, log: (_, { pid }) => console.log(pid) });
        const { options } = code(new URL("./module.mjs", import.meta.url));
        const { send } = codeKind.open(options, context);
        const body = Buffer.from('"${what}"');
        for (;;) await send({ ...parcel, body }, new AbortController().signal);
      `,
      });
      const parts = { parcel: parcelOf(), context: contextOf() };
      const gateway = spawn(process.execPath, [join(path, "gateway.mjs")], {
        env: { ...process.env, SUREHOOK_TEST_PARTS: JSON.stringify(parts) },
        stdio: ["ignore", "pipe", "inherit"],
      });
      endings.push(() => gateway.kill("SIGKILL"));
      const [text] = await once(gateway.stdout, "data");
      expect(isAlive(Number(text))).toBe(true);
      gateway.kill("SIGKILL");
      await gone(Number(text));
    },
  );
});
