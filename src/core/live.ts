/** Live clients, as two rooms see them: `http` opens the wire, a destination says who may come in and what goes out. */
import type { Code } from "./errors.ts";

/** Who asks to come in: what there is to judge by before the upgrade. */
export type Knock = {
  /** The client's address, after trusted proxies. */
  readonly address: string;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  /** Query string without its `?`. */
  readonly query: string;
  /** Subprotocols in the client's order. */
  readonly protocols: readonly string[];
};

/** The answer to a knock. `protocol` is the one of those asked for that is spoken. */
export type Admission =
  | { readonly kind: "refused"; readonly code: Code }
  | {
      readonly kind: "admitted";
      readonly protocol: string | undefined;
      readonly enter: (wire: LiveWire) => LiveListener;
    };

/** Where live clients come in, on the gateway's own server. */
export type LiveDoor = {
  readonly path: string;
  readonly knock: (knock: Knock) => Admission;
};

/** A client's wire. What is written after it is closed goes nowhere. */
export type LiveWire = {
  /** Writes whole frames (`kit/websocket-frame.ts`), one at least; `done` is called when the system has them, or never will. */
  readonly write: (frames: readonly Buffer[], done?: () => void) => void;
  /** Bytes that wait in memory because the client doesn't take them. */
  readonly waiting: () => number;
  readonly ping: () => void;
  /** Says goodbye; the wire is cut a few seconds later where the client doesn't answer. */
  readonly close: (code: number, reason: string) => void;
  readonly cut: () => void;
};

/** What a destination hears of a client. */
export type LiveListener = {
  /** A frame of data; undefined where it is not text. */
  readonly said: (text: string | undefined) => void;
  /** A ping or a pong. */
  readonly pulse: () => void;
  readonly gone: () => void;
};
