/** What is written for one sender. */

/** Parts of config/webhooks.json. */
export type ConfigParts = {
  readonly sources: Readonly<Record<string, object>>;
  readonly destinations: Readonly<Record<string, object>>;
  readonly routes: readonly object[];
};

/** What a sender has on Lambda beside what it has elsewhere. */
export type LambdaTemplates = {
  readonly files: Readonly<Record<string, string>>;
  /** Tests of the functions. */
  readonly tests: string;
  readonly parts: PartsOf;
};

/** Parts of a config, with the path of `webhooks/` from it and the ending of modules. */
type PartsOf = (webhooks: string, ending: string) => Omit<ConfigParts, "sources">;

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
  readonly parts?: PartsOf;
  readonly lambda?: LambdaTemplates;
};

/** `payment_intent.succeeded` as a function: `onPaymentIntentSucceeded`. */
export function functionNameOf(type: string): string {
  return `on${wordsOf(type)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}`;
}

/** `payment_intent.succeeded` as a file: `payment-intent-succeeded`; `*` is `any`. */
export function fileNameOf(type: string): string {
  return wordsOf(type).join("-").toLowerCase() || "any";
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

/** A handler that sets a state. */
export type StateHandler = {
  readonly type: string;
  /** The payload's type, in the sender's own `types`. */
  readonly payload: string;
  readonly says: string;
  /** What it calls of `webhooks/outside`. */
  readonly outside?: readonly string[];
  /** Imports of the sender's own. */
  readonly imports?: readonly string[];
  /** Its lines. */
  readonly body: string;
};

/** The module of a handler that sets a state. */
export function stateHandler(given: StateHandler): string {
  const { type, payload, says, outside = [], imports = [], body } = given;
  const calls = `import { ${outside.join(", ")} } from "../../outside.ts";`;
  const lines = [
    '«import type { CodeEvent } from "surehook/destinations";»',
    ...(outside.length > 0 ? [calls] : []),
    '«import type { Result } from "../../processors/process-event.ts";»',
    'import { setState } from "../../state.ts";',
    ...imports,
    `«import type { ${payload} } from "./types.ts";»`,
    "",
    `/** ${says} */`,
    `export async function ${functionNameOf(type)}(`,
    `  event«: CodeEvent<${payload}>»,`,
    ")«: Promise<Result>» {",
    body.replace(/^\n+|\s+$/g, ""),
    "}",
    "",
  ];
  return lines.join("\n");
}

/** Tests that post as a sender signs, begun: the gateway is open, and closed after them. */
export function testsOf(provider: string, tests: string): string {
  return `
import assert from "node:assert/strict";
import { after, before, test } from "@runner";
import { ${provider} } from "surehook/providers";
import { stateOf } from "@webhooks/state.ts";
import { openWebhooks, secret, until«, type Webhooks» } from "./support.ts";

let webhooks«: Webhooks»;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());
${tests}`;
}

/** What the tests of a sender have that names its events by headers, beside what all such tests share. */
type TestsByHeaders = {
  readonly title: string;
  readonly tests: string;
  /** Of a forged request, as lines of an object. */
  readonly forged: readonly string[];
};

/** Tests of a sender whose id and type are in headers: `post` is there for them, and what is forged is refused. */
export function testsByHeaders(provider: string, { title, tests, forged }: TestsByHeaders): string {
  return testsOf(
    provider,
    `
/** Posts a payload as ${title} signs it. */
function post(type«: string», id«: string», payload«: object»)«: Promise<Response>» {
  const body = Buffer.from(JSON.stringify(payload));
  const signed = ${provider}.sign({ body, secret, now: Date.now(), options: {}, id, type });
  return webhooks.post("/webhooks/${provider}", body, signed.headers);
}
${tests}
test("what isn't signed by ${title} is refused with 401", async () => {
  const forged = await webhooks.post("/webhooks/${provider}", Buffer.from("{}"), {
${forged.map((one) => `    ${one},`).join("\n")}
  });
  assert.equal(forged.status, 401);
});
`,
  );
}
