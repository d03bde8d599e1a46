/** The files that don't depend on who sends. */
import type { Framework } from "../choices.ts";
import { endingOf, type GeneratedFile, type Layout, rendered } from "../file.ts";
import { stateOnLambda } from "./lambda/state.ts";
import { workFiles } from "./lambda/work.ts";

const gatewayOnLambda = `
/**
 * The gateway that config/webhooks.json describes: it checks signatures, recognises repeats, and has every event
 * kept before the sender is answered. The path is from the working directory; infrastructure/webhooks bundles the
 * same file into the functions.
 */
import { gatewayFromFile } from "surehook/lambda";

export const gateway = gatewayFromFile("config/webhooks.json");
`;

const gateway = (adapter: string): string => `
/**
 * The gateway that config/webhooks.json describes: it checks signatures, recognises repeats, holds each sender
 * to its rate, and has every event on disk before the sender is answered. The path is from the working directory.
 */
import { createGateway } from "surehook/${adapter}";

export const gateway = createGateway("config/webhooks.json");
`;

const listeners = `
import { EventEmitter } from "node:events";

/**
 * Listeners of this process, by source and type. They run after the event's handler:
 *
 *   listeners.on("stripe:payment_intent.succeeded", (event, result) => { … });
 *
 * One that throws fails the attempt, which is then made again.
 */
export const listeners = new EventEmitter();
`;

const callbacks = `
«import type { CodeEvent } from "surehook/destinations";»
«import type { Result } from "./process-event.ts";»

/** Called when an event has been handled. */
export function onCompleted(event«: CodeEvent», result«: Result»)«: void» {
  const outcome = result.processed ? "processed" : result.reason;
  console.log("webhook", event.source, event.type, event.id, outcome);
}

/** Called when an attempt has failed; there are 3, as config/webhooks.json says, from 2 seconds apart. */
export function onFailed(event«: CodeEvent», error«: unknown», attempt«: number»)«: void» {
  console.error("webhook", event.source, event.type, event.id, "failed, attempt", attempt, error);
}
`;

const processEvent = `
/** Finds the handler of an event, runs it, and tells listeners and callbacks how it went. */
«import type { CodeContext, CodeEvent } from "surehook/destinations";»
import { onCompleted, onFailed } from "./callbacks.ts";
import { listeners } from "./listeners.ts";

«/** What a handler did. */»
«export type Result =
  | { readonly processed: true; readonly orderId?: string; readonly customerId?: string }
  | { readonly processed: false; readonly reason: string };»

«/** A handler may ask for the payload of its own type: the name that it stands under vouches for that. */
export type Handler = {
  handle(event: CodeEvent): Result | Promise<Result>;
}["handle"];»

«/** Handlers by type; \`pull_request\` also takes \`pull_request.opened\` and the like. */»
«export type Handlers = Readonly<Record<string, Handler>>;»

/** Handles an event. What throws is tried again. */
export async function processEvent(
  event«: CodeEvent»,
  context«: CodeContext»,
  handlers«: Handlers»,
)«: Promise<Result>» {
  try {
    const result = await resultOf(event, handlers);
    listeners.emit(event.source + ":" + event.type, event, result);
    onCompleted(event, result);
    return result;
  } catch (error) {
    onFailed(event, error, context.attempt);
    throw error;
  }
}

async function resultOf(event«: CodeEvent», handlers«: Handlers»)«: Promise<Result>» {
  const [family = ""] = event.type.split(".", 1);
  // Own ones only: a type may be the name of what every object has.
  const type = [event.type, family].find((one) => Object.hasOwn(handlers, one));
  const handler = type === undefined ? undefined : handlers[type];
  return handler ? handler(event) : { processed: false, reason: "No handler" };
}
`;

const schema = `
«/** A schema of the Standard Schema form (standardschema.dev): one of Zod, Valibot or ArkType fits too. */
export type Schema = {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validity;
  };
};»

«type Validity =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<{ readonly message: string }> };»

/** A schema that asks for fields, by dotted paths. */
export function required(...paths«: readonly string[]»)«: Schema» {
  return {
    "~standard": {
      version: 1,
      vendor: "webhooks",
      validate: (value) => {
        const missing = paths.filter((path) => at(value, path) === undefined);
        if (missing.length === 0) return { value };
        return { issues: missing.map((path) => ({ message: path + " is missing" })) };
      },
    },
  };
}

function at(value«: unknown», path«: string»)«: unknown» {
  return path
    .split(".")
    .reduce«<unknown>»((inner, key) => Object(inner)[key], value);
}
`;

const state = `
/**
 * What the handlers know of orders, customers and repositories: one table each, in a SQLite file of the
 * application's own. Put your own database here; the functions are all that is used.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

«export type Table = "orders" | "customers" | "repositories" | "alerts";»

const tables = ["orders", "customers", "repositories", "alerts"]«  as const»;
let opened«: DatabaseSync | undefined»;

function database()«: DatabaseSync» {
  if (opened) return opened;
  const file = process.env["WEBHOOKS_DATABASE"] ?? ".surehook/application.db";
  mkdirSync(dirname(file), { recursive: true });
  opened = new DatabaseSync(file, { timeout: 5000 });
  opened.exec("PRAGMA journal_mode = WAL");
  for (const table of tables) {
    opened.exec(
      "CREATE TABLE IF NOT EXISTS " + table +
        " (id TEXT PRIMARY KEY, state TEXT NOT NULL, at INTEGER NOT NULL) STRICT",
    );
  }
  return opened;
}

/** Sets a state as of a time (milliseconds). Events may come late or twice: an older one changes nothing. */
export async function setState(
  table«: Table»,
  id«: string»,
  { state, at }«: { readonly state: string; readonly at: number }»,
)«: Promise<void>» {
  database()
    .prepare(
      "INSERT INTO " + table + " (id, state, at) VALUES (?, ?, ?) " +
        "ON CONFLICT (id) DO UPDATE SET state = excluded.state, at = excluded.at " +
        "WHERE excluded.at >= " + table + ".at",
    )
    .run(id, state, at);
}

/** The state of an order, a customer, a repository or an alert. */
export async function stateOf(table«: Table», id«: string»)«: Promise<string | undefined>» {
  const row = database().prepare("SELECT state FROM " + table + " WHERE id = ?").get(id);
  return row === undefined ? undefined : String(row["state"]);
}
`;

const outside = `
/**
 * What the handlers ask of the rest of the application: fill these in. An event may be handled again after a
 * failure or a crash, so let each of them do its work once per order, customer or id.
 */

/** Sends a mail. */
export async function sendMail(mail«: { readonly to: string; readonly subject: string }»)«: Promise<void>» {
  console.log("mail to send:", mail.subject);
}

/** Takes what was ordered from stock. */
export async function takeFromStock(orderId«: string»)«: Promise<void>» {
  console.log("stock to take for order", orderId);
}

/** Tells whoever is on duty. */
export async function sendAlert(alert«: { readonly id: string; readonly text: string }»)«: Promise<void>» {
  console.warn("alert:", alert.text);
}
`;

/** The files that every project gets, whoever sends. */
export function sharedFiles(framework: Framework, layout: Layout): readonly GeneratedFile[] {
  const adapter = framework === "nest" ? "express" : framework;
  const { onLambda } = layout;
  const texts = {
    "middleware/gateway": onLambda ? gatewayOnLambda : gateway(adapter),
    "processors/process-event": processEvent,
    "processors/listeners": listeners,
    "processors/callbacks": callbacks,
    "schemas/schema": schema,
    ...(onLambda ? { state: stateOnLambda, "state-here": state, ...workFiles } : { state }),
    outside,
  };
  return Object.entries(texts).map(([name, template]) => ({
    path: `${layout.base}webhooks/${name}.${endingOf(layout.language)}`,
    text: rendered(template, layout),
  }));
}
