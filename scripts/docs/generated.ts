/** The pages that are written from code, by their paths in the repository. */
import { z } from "zod";
import { configJsonSchema } from "../../src/app/json-schema.ts";
import { errors } from "../../src/core/errors.ts";
import { isFinal, lifecycle } from "../../src/core/lifecycle.ts";
import {
  destinationShape,
  gatewayShape,
  routeShape,
  sourceShape,
} from "../../src/core/settings.ts";
import { destinations } from "../../src/destinations/index.ts";
import { providers } from "../../src/providers/index.ts";

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** Each page's text. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return {
    "docs/errors.md": errorsPage(),
    "docs/deliveries.md": deliveriesPage(),
    "docs/config.md": configPage(),
    "docs/providers.md": providersPage(),
    "schema/surehook.schema.json": `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
  };
}

const note = "<!-- Written from code by `node scripts/write-docs.ts`. -->";

function errorsPage(): string {
  const rows = Object.entries(errors).map(
    ([code, { status, cause, remedy }]) =>
      `| \`${code}\` | ${status === 0 ? "–" : status} | ${cell(cause)} | ${cell(remedy)} |`,
  );
  return page("Codes", [
    "Every code that Surehook answers, logs or prints. A status is what a sender is answered; codes without one are of the config, the command line or a delivery's attempt.",
    "",
    "| code | status | cause | remedy |",
    "| --- | --- | --- | --- |",
    ...rows,
  ]);
}

function deliveriesPage(): string {
  const arrows = Object.entries(lifecycle).flatMap(([from, list]) =>
    list.map((to) => `    ${from} --> ${to}`),
  );
  const ends = Object.keys(lifecycle).filter((state) => isFinal(state as keyof typeof lifecycle));
  return page("The life of a delivery", [
    "A delivery is one event owed to one destination. It is `ready` when it may go, `leased` while an attempt is under way, and final when it is " +
      `${ends.map((state) => `\`${state}\``).join(", ")}.`,
    "",
    "```mermaid",
    "stateDiagram-v2",
    "    [*] --> ready",
    ...arrows,
    ...ends.map((state) => `    ${state} --> [*]`),
    "```",
    "",
    "- A failed attempt makes it `ready` again with a later time, until attempts or age run out: then it is `dead`, and written to the archive.",
    "- A lease that ran out (a crash) is rescued: the delivery is `ready` again. A destination may therefore see an event more than once, always under the same `webhook-id`.",
    "- A paused destination's deliveries stay `ready` and are shown as held, with the reason.",
    "- A replay is a new delivery of the same event.",
  ]);
}

function configPage(): string {
  return page("The config", [
    '`surehook.config.ts` exports `defineGateway({ … })`; `surehook.config.json` is the same in JSON, with [a schema](../schema/surehook.schema.json), `{ "secret": "NAME" }` for `secret("NAME")`, `"provider"` and `"kind"` for the functions, and module paths for functions. `surehook check` reads it and reports every mistake at once.',
    "",
    "## Gateway",
    "",
    ...table(gatewayShape),
    "",
    "## Every source",
    "",
    ...table(sourceShape),
    "",
    ...providers
      .filter(({ settings }) => settings !== undefined)
      .flatMap(({ name, settings }) => [
        `## \`${name}\` in addition`,
        "",
        ...table(settings ?? {}),
        "",
      ]),
    "## Every destination",
    "",
    ...table(destinationShape),
    "",
    ...Object.values(destinations).flatMap(({ name, title, settings, concurrency }) => [
      `## \`${name}\`: ${title}`,
      "",
      `Deliveries in flight at once: ${concurrency}, where \`concurrency\` doesn't say otherwise.`,
      "",
      ...table(settings),
      "",
    ]),
    "## Routes",
    "",
    ...table(routeShape),
  ]);
}

function providersPage(): string {
  const rows = providers.map((provider) => {
    const { name, title, docs, evidence, retries, maxBodyBytes } = provider;
    const largest = maxBodyBytes === undefined ? "10 MiB" : `${maxBodyBytes / 1_048_576} MiB`;
    return `| \`${name}\` | [${cell(title)}](${docs}) | ${evidence.kind}: ${cell(evidence.source)} | ${retries ? "yes" : "no"} | ${largest} | ${(provider.sampleTypes ?? []).map((type) => `\`${type}\``).join(", ")} |`;
  });
  return page("Providers", [
    "The senders that Surehook verifies, and how it knows. `surehook send <source> <type>` makes the sample events; other types get a generic one.",
    "",
    "| provider | sender | evidence | tries again | largest body | sample events |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ]);
}

function table(shape: Shape): string[] {
  const rows = Object.entries(shape).flatMap(([name, schema]) => rowsOf(name, schema));
  return ["| option | form | meaning |", "| --- | --- | --- |", ...rows];
}

function rowsOf(name: string, schema: z.core.$ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonForm;
  const inner = Object.entries(json.properties ?? {}).map(([key, form]) =>
    row(`${name}.${key}`, form),
  );
  return [row(name, json), ...inner];
}

function row(name: string, form: JsonForm): string {
  const isPlain = form.default !== undefined && typeof form.default !== "object";
  const standard = isPlain ? ` Default: \`${JSON.stringify(form.default)}\`.` : "";
  return `| \`${name}\` | ${cell(formOf(form))} | ${cell(form.description ?? "")}${standard} |`;
}

type JsonForm = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: JsonForm;
  readonly anyOf?: readonly JsonForm[];
  readonly properties?: Readonly<Record<string, JsonForm>>;
  readonly description?: string;
  readonly default?: unknown;
};

function formOf(form: JsonForm): string {
  if (form.const !== undefined) return `\`${JSON.stringify(form.const)}\``;
  if (form.enum) return form.enum.map((one) => `\`${JSON.stringify(one)}\``).join(" or ");
  if (form.anyOf) return [...new Set(form.anyOf.map(formOf))].join(" or ");
  if (form.properties?.["kind"]?.const === "secret") return "`secret()`";
  if (form.type === "array") return `list of ${formOf(form.items ?? {})}`;
  return form.type ?? "function or module";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function page(title: string, lines: readonly string[]): string {
  return `# ${title}\n\n${note}\n\n${lines.join("\n").trimEnd()}\n`;
}
