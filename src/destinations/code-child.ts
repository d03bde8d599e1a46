/**
 * The entry of a code destination's process. It imports the user's module by itself, so that no function
 * has to cross: where the config holds a function, it imports the config and calls that function here.
 * It ends when the gateway lets go of it, or is gone; signals are the gateway's to follow, which first
 * lets end what is under way.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { messageOf } from "../core/errors.ts";
import {
  type CallContext,
  type CodeModule,
  callModule,
  codeModule,
  isLasting,
  shortened,
} from "./code-module.ts";
import type { ChildStart, FromChild, ModuleRef, RunEnd, ToChild } from "./code-protocol.ts";
import type { WatchStart } from "./code-watch.ts";
import { callRespond } from "./respond-module.ts";
import { callTransform } from "./transform-module.ts";

type Run = Extract<ToChild, { kind: "run" }>;
type Start = Extract<ToChild, { kind: "start" }>;

const mebibyte = 1_048_576;

/** Taken from the user's module, since packages that find it speak to the parent that they expect. */
const send = process.send?.bind(process);
delete process.send;

// The gateway may have let go before this was loaded.
if (process.connected) attend();
else process.exit();

type Caller = (
  module: CodeModule,
  parcel: Run["parcel"],
  call: CallContext & { readonly body: Buffer },
) => Promise<RunEnd>;

const callers: Readonly<Record<ChildStart["calls"], Caller>> = {
  handle: async (module, parcel, call) => ({ failure: await callModule(module, parcel, call) }),
  transform: callTransform,
  respond: callRespond,
};

function attend(): void {
  const running = new Map<number, AbortController>();
  const module = Promise.withResolvers<CodeModule>();
  let calls: ChildStart["calls"] = "handle";

  const start = ({ gatewayPid, start }: Start): void => {
    watch(gatewayPid, start.memoryMb);
    calls = start.calls;
    module.resolve(load(start));
    module.promise.then(
      () => say({ kind: "loaded" }),
      (thrown) => {
        const detail = shortened(messageOf(thrown));
        say({ kind: "unloadable", detail, isLasting: isLasting(thrown) });
      },
    );
  };

  const run = async ({ run: number, parcel, body }: Run): Promise<void> => {
    const controller = new AbortController();
    running.set(number, controller);
    const call = {
      signal: controller.signal,
      log: logger(parcel.deliveryId),
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    };
    const loaded = await module.promise.catch(() => undefined);
    // Where it could not be loaded, or took too long, the gateway has ended the run itself.
    if (loaded !== undefined && !call.signal.aborted) {
      const end = await callers[calls](loaded, parcel, call);
      say({ kind: "ended", run: number, ...end });
    }
    running.delete(number);
  };

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
  process.on("disconnect", () => process.exit());
  process.on("uncaughtExceptionMonitor", (error) => {
    say({ kind: "crashed", detail: shortened(messageOf(error)) });
  });
  process.on("message", (received) => {
    const message = received as ToChild;
    if (message.kind === "start") start(message);
    else if (message.kind === "run") void run(message);
    else if (message.kind === "ping") say({ kind: "pong" });
    else
      running.get(message.run)?.abort(new DOMException("the attempt's time is up", "TimeoutError"));
  });
}

/** What can't be sent because the gateway is gone is not missed; without a callback it would be thrown. */
function say(message: FromChild): void {
  send?.(message, undefined, undefined, () => undefined);
}

/** Before the module, which may block from its first line on. */
function watch(gatewayPid: number, memoryMb: number): void {
  const start: WatchStart = { gatewayPid, mostBytes: (2 * memoryMb + 256) * mebibyte };
  const entry = new URL(`./code-watch${extname(import.meta.url)}`, import.meta.url);
  // Without the user's --import and the like.
  new Worker(entry, { workerData: start, execArgv: [], env: {} }).unref();
}

async function load({ prelude, module, calls }: ChildStart): Promise<CodeModule> {
  for (const url of prelude) await import(url);
  const namespace = await import(module.url);
  const found = module.kind === "address" ? namespace : await fromConfig(namespace, module);
  return codeModule(found, calls);
}

/** The module that a function in the config loads. */
async function fromConfig(
  { default: config }: { readonly default?: ConfigWithCode },
  ref: Exclude<ModuleRef, { kind: "address" }>,
): Promise<unknown> {
  const { found, what } = placedIn(config, ref);
  if (typeof found === "function") return found();
  throw new Error(`the config's default export has no ${what}`);
}

function placedIn(
  config: ConfigWithCode | undefined,
  ref: Exclude<ModuleRef, { kind: "address" }>,
): { readonly found: unknown; readonly what: string } {
  switch (ref.kind) {
    case "route": {
      const found = config?.routes?.[ref.at]?.transform;
      return { found, what: `transform in routes[${ref.at}]` };
    }
    case "source": {
      const respond = config?.sources?.[ref.source]?.options?.respond;
      const found = typeof respond === "object" ? respond?.module : respond;
      return { found, what: `respond in source "${ref.source}"` };
    }
    case "config": {
      const found = config?.destinations?.[ref.destination]?.options?.module;
      return { found, what: `code destination "${ref.destination}"` };
    }
    default:
      return ref satisfies never;
  }
}

type ConfiguredCode = { readonly options?: { readonly module?: unknown } };
type Answering = {
  readonly options?: { readonly respond?: { readonly module?: unknown } | (() => unknown) };
};
type ConfigWithCode = {
  readonly sources?: Readonly<Record<string, Answering | undefined>>;
  readonly destinations?: Readonly<Record<string, ConfiguredCode | undefined>>;
  readonly routes?: readonly { readonly transform?: unknown }[];
};

function logger(deliveryId: string): CallContext["log"] {
  return (text, fields = {}) => {
    say({ kind: "log", deliveryId, text: shortened(String(text)), fields: asJson(fields) });
  };
}

const longestFields = 8 * mebibyte;

/** The line matters more than a field that has no JSON, or too much of it. */
function asJson(fields: Readonly<Record<string, unknown>>): string {
  try {
    const json = JSON.stringify({ ...fields });
    if (json.length <= longestFields) return json;
  } catch {
    // A cycle or a bigint.
  }
  return JSON.stringify({ unsendable: Object.keys(fields).slice(0, 100).map(shortened) });
}
