/** What the gateway's thread and a code destination's worker say to each other. */
import type { CodeParcel } from "./code-module.ts";

/** Where the worker finds the user's module: at an address, or behind the function in the config's destination of that name. */
export type ModuleRef =
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "config"; readonly url: string; readonly destination: string };

/** What a worker is started with. */
export type WorkerStart = {
  /** Addresses of modules to import first. */
  readonly prelude: readonly string[];
  readonly module: ModuleRef;
};

/** To the worker. A `ping` is answered at once unless its thread is blocked. */
export type ToWorker =
  | {
      readonly kind: "run";
      readonly run: number;
      readonly parcel: CodeParcel;
      readonly body: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: "abort"; readonly run: number }
  | { readonly kind: "ping" };

/** From the worker. `failure` is undefined where `handle` ended well. */
export type FromWorker =
  | { readonly kind: "loaded" }
  | { readonly kind: "unloadable"; readonly detail: string }
  | { readonly kind: "ended"; readonly run: number; readonly failure: string | undefined }
  | { readonly kind: "pong" }
  | {
      readonly kind: "log";
      readonly deliveryId: string;
      readonly text: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };
