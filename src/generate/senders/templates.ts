/** What is written for one sender. */

/** Parts of config/webhooks.json. */
export type ConfigParts = {
  readonly sources: Readonly<Record<string, object>>;
  readonly destinations: Readonly<Record<string, object>>;
  readonly routes: readonly object[];
};

/** The templates of a sender whose events have handlers of their own. */
export type SenderTemplates = {
  /** The sender's own package of types, where it publishes one, and what is used without it. */
  readonly types?: {
    readonly package?: string;
    readonly version?: string;
    readonly published?: string;
    readonly own: string;
  };
  /** By type. Each exports a function, named as `functionNameOf` says. */
  readonly handlers: Readonly<Record<string, string>>;
  /** By path below `webhooks/`, without an ending. */
  readonly files?: Readonly<Record<string, string>>;
  /** By type, the fields that an event must have. */
  readonly required: Readonly<Record<string, readonly string[]>>;
  readonly tests: string;
  /** What the config has beside the sender's source, destination and route. */
  readonly parts?: (webhooks: string, ending: string) => Omit<ConfigParts, "sources">;
};

/** `payment_intent.succeeded` as a function: `onPaymentIntentSucceeded`. */
export function functionNameOf(type: string): string {
  return `on${wordsOf(type)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}`;
}

/** `payment_intent.succeeded` as a file: `payment-intent-succeeded`. */
export function fileNameOf(type: string): string {
  return wordsOf(type).join("-").toLowerCase();
}

function wordsOf(type: string): readonly string[] {
  return type.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
}

/** A handler of a type that has none of its own. */
export function plainHandler(type: string): string {
  return `
«import type { CodeEvent } from "surehook/destinations";»
«import type { Result } from "../../processors/process-event.ts";»

/** Handles \`${type}\`. What it throws is tried again; it may be called twice for one event, with the same \`event.id\`. */
export async function ${functionNameOf(type)}(event«: CodeEvent»)«: Promise<Result>» {
  console.log("${type}", event.id);
  return { processed: true };
}
`;
}
