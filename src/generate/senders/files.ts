/** The files of one sender. */
import { GatewayError } from "../../core/errors.ts";
import { type Choices, type Sender, secretNameOf } from "../choices.ts";
import { endingOf, type GeneratedFile, type Layout, rendered } from "../file.ts";
import { githubTemplates } from "./github.ts";
import { plainTemplates } from "./plain.ts";
import { shopifyTemplates } from "./shopify.ts";
import { stripeTemplates } from "./stripe.ts";
import type { ConfigParts, SenderTemplates } from "./templates.ts";
import { fileNameOf, functionNameOf, plainHandler } from "./templates.ts";

const known: Readonly<Record<string, SenderTemplates>> = {
  stripe: stripeTemplates,
  github: githubTemplates,
  shopify: shopifyTemplates,
};

/** Senders that have handlers ready. */
export const readySenders: readonly string[] = Object.keys(known);

function templatesOf(sender: Sender): SenderTemplates {
  return ownOf(known, sender.name) ?? plainTemplates(sender);
}

/** What a table itself has of a name: `constructor` and the like are of every object. */
function ownOf<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The package of a sender's own types, where it publishes one. */
export function typePackageOf(
  sender: Sender,
): { readonly name: string; readonly version: string } | undefined {
  const { package: name, version } = templatesOf(sender).types ?? {};
  return name === undefined || version === undefined ? undefined : { name, version };
}

const line = (text: string): string => `${text}\n`;

const registry = (sender: Sender, types: readonly string[]): string =>
  [
    '«import type { Handlers } from "../processors/process-event.ts";»\n',
    ...types.map((type) => line(importLine(sender.name, type))),
    `\n/** Which function handles which of ${sender.title}'s events; \`surehook add handler\` adds one. */\n`,
    "export const handlers«: Handlers» = {\n",
    ...types.map((type) => line(entryLine(type))),
    "};\n",
  ].join("");

function importLine(sender: string, type: string): string {
  return `import { ${functionNameOf(type)} } from "./${sender}/${fileNameOf(type)}.ts";`;
}

function entryLine(type: string): string {
  const name = /^[a-z_]+$/i.test(type) ? type : JSON.stringify(type);
  // Without brackets it would set the prototype.
  return `  ${type === "__proto__" ? '["__proto__"]' : name}: ${functionNameOf(type)},`;
}

/** One module per type, each with a schema of its own. */
const schemaOf = (type: string, fields: readonly string[]): string => `
import { required } from "../schema.ts";

/** What ${type === "*" ? "any event" : `an event \`${type}\``} must hold; one that doesn't is answered 200, kept as invalid, and not handled. */
export const schema = required(${fields.map((field) => JSON.stringify(field)).join(", ")});
`;

const processor = ({ name, title }: Sender): string => `
«import type { CodeContext, CodeEvent } from "surehook/destinations";»
import { handlers } from "../handlers/${name}.ts";
import { processEvent } from "./process-event.ts";

/** Takes every event of ${title}, after its sender was answered; see \`destinations\` in config/webhooks.json. */
export async function handle(event«: CodeEvent», context«: CodeContext»)«: Promise<void>» {
  await processEvent(event, context, handlers);
}
`;

/** All files of a sender but the config's parts. */
export function senderFiles(
  sender: Sender,
  layout: Layout,
  choices: Pick<Choices, "senderTypes"> & { readonly runner: string },
): readonly GeneratedFile[] {
  const { name } = sender;
  const { types, handlers, files = {}, required, tests, lambda } = templatesOf(sender);
  const onLambda = layout.onLambda ? lambda : undefined;
  const ending = endingOf(layout.language);
  const at = (path: string, template: string): GeneratedFile => ({
    path: `${layout.base}webhooks/${path}.${ending}`,
    text: rendered(template, layout),
  });
  const test = (file: string, template: string): GeneratedFile => ({
    path: `tests/webhooks/${file}.test.${ending}`,
    text: rendered(template.replace('"@runner"', choices.runner), layout),
  });
  const typeText = (choices.senderTypes && types?.published) || types?.own;
  const isTyped = layout.language === "typescript" && typeText !== undefined;
  return [
    // Somebody's own handlers are added to it, and theirs may go: it is written once.
    {
      ...at(`handlers/${name}`, registry(sender, Object.keys(handlers))),
      extend: (existing) => existing,
    },
    ...Object.entries(handlers).map(([type, text]) =>
      at(`handlers/${name}/${fileNameOf(type)}`, text),
    ),
    ...(isTyped ? [at(`handlers/${name}/types`, typeText)] : []),
    ...Object.entries({ ...files, ...onLambda?.files }).map(([path, text]) => at(path, text)),
    at(`processors/${name}`, processor(sender)),
    ...Object.entries(required).map(([type, fields]) =>
      at(`schemas/${name}/${fileNameOf(type)}`, schemaOf(type, fields)),
    ),
    test(name, tests),
    ...(onLambda ? [test(`${name}-functions`, onLambda.tests)] : []),
  ];
}

/** What the config has for a sender. */
export function senderConfig(sender: Sender, layout: Layout): ConfigParts {
  const { name } = sender;
  const ending = endingOf(layout.language);
  const webhooks = `../${layout.base}webhooks`;
  const { parts, required, lambda } = templatesOf(sender);
  const all = [parts, ...(layout.onLambda ? [lambda?.parts] : [])];
  const own = all.flatMap((part) => part?.(webhooks, ending) ?? []);
  const schemas = Object.keys(required).map((type) => [
    type,
    { module: `${webhooks}/schemas/${name}/${fileNameOf(type)}.${ending}` },
  ]);
  return {
    sources: {
      [name]: {
        provider: name,
        path: `/webhooks/${name}`,
        secrets: [{ secret: secretNameOf(name) }],
        toleranceSeconds: 300,
        rateLimit: { requests: 100, perSeconds: 60 },
        // What signs by no scheme of its own must say where its signature stands.
        ...(name === "hmac" ? { header: "x-signature" } : {}),
        ...(schemas.length > 0 ? { schemas: Object.fromEntries(schemas) } : {}),
      },
    },
    destinations: {
      [name]: {
        kind: "code",
        module: `${webhooks}/processors/${name}.${ending}`,
        isolation: "none",
        retry: "short",
      },
      ...Object.assign({}, ...own.map(({ destinations }) => destinations)),
    },
    routes: [{ from: name, to: name }, ...own.flatMap(({ routes }) => routes)],
  };
}

/** The files of one handler more: its own, and the list of its sender's. */
export function handlerFiles(
  sender: Sender,
  type: string,
  layout: Layout,
): readonly GeneratedFile[] {
  const ending = endingOf(layout.language);
  const folder = `${layout.base}webhooks/handlers`;
  const { handlers, files = {} } = templatesOf(sender);
  const ready = ownOf(handlers, type);
  const name = fileNameOf(type);
  if (name === "types" || Object.hasOwn(files, `handlers/${sender.name}/${name}`)) {
    throw isTaken(
      type,
      `${folder}/${sender.name}/${name}.${ending} is there for what handlers share`,
    );
  }
  return [
    {
      path: `${folder}/${sender.name}/${name}.${ending}`,
      text: rendered(ready ?? plainHandler(type), layout),
    },
    {
      path: `${folder}/${sender.name}.${ending}`,
      text: rendered(registry(sender, [type]), layout),
      extend: (existing) => withHandler(existing, { sender, type, layout }),
    },
  ];
}

type OneMore = { readonly sender: Sender; readonly type: string; readonly layout: Layout };

function isTaken(type: string, why: string): GatewayError {
  return new GatewayError(
    "USAGE",
    `A handler of "${type}" can't be written: ${why}. Write a module of another name, and add it to the list of handlers.`,
  );
}

/** A list of handlers with one more; undefined where its end can't be found. Throws USAGE where its name is taken. */
function withHandler(existing: string, { sender, type, layout }: OneMore): string | undefined {
  const entry = entryLine(type);
  if (existing.includes(entry.trim())) return existing;
  const list = /^export const handlers\b[^\n]*\{\n(?:[^\n]*\n)*?\};/m.exec(existing)?.[0];
  if (list === undefined) return undefined;
  const added = importToAdd(existing, { sender, type, layout });
  // Before the first import: one that is broken over lines has no end that is easy to find.
  const at = Math.max(0, existing.search(/^import /m));
  const longer = list.replace(/\};$/, `${entry}\n};`);
  return `${existing.slice(0, at)}${added}${existing.slice(at).replace(list, () => longer)}`;
}

/** Types that differ by their dots or capitals only may share a function, but not a part of its name. */
function importToAdd(existing: string, { sender, type, layout }: OneMore): string {
  const wanted = rendered(importLine(sender.name, type), layout);
  if (existing.includes(wanted)) return "";
  const path = `"./${sender.name}/${fileNameOf(type)}.${endingOf(layout.language)}"`;
  const isThere = new RegExp(`^import .*\\b${functionNameOf(type)}\\b`, "m").test(existing);
  if (isThere || existing.includes(path)) {
    throw isTaken(type, "a handler of another type has its name");
  }
  return line(wanted);
}
