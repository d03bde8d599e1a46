/**
 * The entry of a code destination's worker. It imports the user's module by itself, so that no function
 * crosses threads: where the config holds a function, it imports the config and calls that function here.
 */
import type { MessagePort } from "node:worker_threads";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../core/errors.ts";
import { type CallContext, type CodeModule, callModule, codeModule } from "./code-module.ts";
import type { FromWorker, ModuleRef, ToWorker, WorkerStart } from "./code-protocol.ts";

type Run = Extract<ToWorker, { kind: "run" }>;

if (parentPort !== null) attend(parentPort, workerData as WorkerStart);

function attend(port: MessagePort, start: WorkerStart): void {
  const say = (message: FromWorker): void => port.postMessage(message);
  const running = new Map<number, AbortController>();
  const loaded = load(start);
  loaded.then(
    () => say({ kind: "loaded" }),
    (thrown) => say({ kind: "unloadable", detail: messageOf(thrown) }),
  );

  const run = async ({ run: number, parcel, body }: Run): Promise<void> => {
    const controller = new AbortController();
    running.set(number, controller);
    const log = logger(say, parcel.deliveryId);
    const call = { signal: controller.signal, log, body: Buffer.from(body.buffer) };
    const module = await loaded.catch(() => undefined);
    // Where it could not be loaded the gateway ends every run itself.
    if (module === undefined) return;
    const failure = await callModule(module, parcel, call);
    running.delete(number);
    say({ kind: "ended", run: number, failure });
  };

  port.on("message", (message: ToWorker) => {
    if (message.kind === "run") void run(message);
    else if (message.kind === "ping") say({ kind: "pong" });
    else
      running.get(message.run)?.abort(new DOMException("the attempt's time is up", "TimeoutError"));
  });
}

async function load({ prelude, module }: WorkerStart): Promise<CodeModule> {
  for (const url of prelude) await import(url);
  const namespace = await import(module.url);
  return codeModule(module.kind === "address" ? namespace : await fromConfig(namespace, module));
}

/** The module that a function in the config loads. */
async function fromConfig(
  config: { readonly default?: unknown },
  { destination }: Extract<ModuleRef, { kind: "config" }>,
): Promise<unknown> {
  const gateway = config.default as
    | { readonly destinations?: Readonly<Record<string, ConfiguredCode | undefined>> }
    | undefined;
  const found = gateway?.destinations?.[destination]?.options?.module;
  if (typeof found !== "function") {
    throw new Error(`the config's default export has no code destination "${destination}"`);
  }
  return found();
}

type ConfiguredCode = { readonly options?: { readonly module?: unknown } };

function logger(say: (message: FromWorker) => void, deliveryId: string): CallContext["log"] {
  return (text, fields = {}) => {
    const line = { kind: "log", deliveryId, text: String(text) } as const;
    try {
      say({ ...line, fields });
    } catch {
      // A function or a class's instance can't be sent; the line matters more than the field.
      say({ ...line, fields: { unsendable: Object.keys(fields) } });
    }
  };
}
