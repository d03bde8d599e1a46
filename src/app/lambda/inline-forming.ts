import { type Forming, hasForms, type Transformed } from "../../core/form.ts";
import type { Log } from "../../core/log.ts";
import type { Gateway } from "../../core/settings.ts";
import type { Parcel, Route } from "../../core/types.ts";
import { type CodeModule, codeModule, codeParcel } from "../../destinations/code-module.ts";
import { callTransform } from "../../destinations/transform-module.ts";
import { decoderFor } from "../worker.ts";

/** Gives forms in the function's own process, which is the transforms' too. Undefined where everything goes out raw. */
export function inlineForming({ routes, sources }: Gateway, log: Log): Forming | undefined {
  if (!hasForms(routes)) return undefined;
  const modules = new Map<Route, Promise<CodeModule>>();
  return {
    routes,
    decode: decoderFor({ sources }),
    transform: async (route, parcel, signal) => {
      const module = modules.get(route) ?? load(route);
      modules.set(route, module);
      try {
        return await transformed(await module, parcel, { signal, log });
      } catch (error) {
        modules.delete(route);
        const detail = `the transform could not be loaded: ${String(error)}`;
        return { kind: "failed", code: "HANDLER_FAILED", detail };
      }
    },
  };
}

async function load({ transform }: Route): Promise<CodeModule> {
  if (typeof transform === "function") return codeModule(await transform(), "transform");
  throw new Error('on AWS a transform is given as a function: () => import("./module.ts")');
}

async function transformed(
  module: CodeModule,
  parcel: Parcel,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<Transformed> {
  const { deliveryId, body } = parcel;
  const end = await callTransform(module, codeParcel(parcel), {
    signal,
    body,
    log: (text, fields) => log.info({ ...fields, deliveryId }, text),
  });
  if (end?.failure !== undefined) {
    return { kind: "failed", code: "HANDLER_FAILED", detail: end.failure };
  }
  if (end?.skipped !== undefined) return { kind: "skipped", reason: end.skipped };
  return { kind: "payload", json: end?.result ?? "null" };
}
