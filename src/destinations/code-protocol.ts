/** What the gateway and a code destination's process say to each other, over the channel between them. */
import type { CalledName, CodeParcel } from "./code-module.ts";

/** Where the process finds the user's module: at an address, or behind the function in the config's destination or source of that name, or in its route at that place. */
export type ModuleRef =
  | { readonly kind: "address"; readonly url: string }
  | { readonly kind: "config"; readonly url: string; readonly destination: string }
  | { readonly kind: "source"; readonly url: string; readonly source: string }
  | { readonly kind: "route"; readonly url: string; readonly at: number };

/** What a process is started with. */
export type ChildStart = {
  /** Addresses of modules to import first. */
  readonly prelude: readonly string[];
  readonly module: ModuleRef;
  readonly calls: CalledName;
  /** Of its heap, in MiB. */
  readonly memoryMb: number;
};

/** To the process; `start` comes first. A `ping` is answered at once unless its main thread is blocked. */
export type ToChild =
  | { readonly kind: "start"; readonly gatewayPid: number; readonly start: ChildStart }
  | {
      readonly kind: "run";
      readonly run: number;
      readonly parcel: CodeParcel;
      readonly body: Uint8Array;
    }
  | { readonly kind: "abort"; readonly run: number }
  | { readonly kind: "ping" };

/** How a run ended: with a failure, or well. What returns something has a result, as JSON; a transform perhaps a reason to skip. */
export type RunEnd = {
  readonly failure?: string | undefined;
  readonly result?: string;
  readonly skipped?: string;
};

/**
 * From the process. `failure` is undefined where `handle` ended well. Flat, and no value of the user's in
 * it: reading one that is nested some 1,600 deep throws in the gateway, where nothing can catch it.
 */
export type FromChild =
  | { readonly kind: "loaded" }
  /** Lasting: not before the module, or the config, is another. */
  | { readonly kind: "unloadable"; readonly detail: string; readonly isLasting: boolean }
  | ({ readonly kind: "ended"; readonly run: number } & RunEnd)
  /** Said last: an exception that nobody caught. */
  | { readonly kind: "crashed"; readonly detail: string }
  | { readonly kind: "pong" }
  | {
      readonly kind: "log";
      readonly deliveryId: string;
      readonly text: string;
      /** As JSON: an object. */
      readonly fields: string;
    };
