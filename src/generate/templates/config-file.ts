/** config/webhooks.json: what a new one holds, and what one lacks for a sender. */
import { GatewayError } from "../../core/errors.ts";
import { jsonFault } from "../../kit/json-fault.ts";
import type { GeneratedFile } from "../file.ts";
import type { ConfigParts } from "../senders/templates.ts";
import { indentOf, json, record, same } from "./package-files.ts";

/** The path of the config. */
export const configPath = "config/webhooks.json";

/**
 * The config with all parts in it. What one of a name is there already stays as it is. `common` is what a new
 * one has, whoever sends.
 */
export function configFile(
  parts: readonly ConfigParts[],
  common: Omit<ConfigParts, "sources"> | undefined,
): GeneratedFile {
  const empty = { $schema: "../node_modules/surehook/schema/surehook.schema.json", ...common };
  return {
    path: configPath,
    text: json(withParts(empty, parts)),
    extend: (existing) => {
      const config = record(existing);
      if (config === undefined) return undefined;
      const extended = withParts(config, parts);
      return same(config, extended) ? existing : json(extended, indentOf(existing));
    },
  };
}

/** The senders that a config has sources of, by their providers. Throws CONFIG_INVALID where the text is no JSON object. */
export function sendersIn(text: string): readonly string[] {
  const config = record(text);
  if (config === undefined) throw unparsed(text);
  const sources = Object.values(objectAt(config, "sources"));
  return sources.flatMap((source) => {
    const provider: unknown = Object(source)["provider"];
    return typeof provider === "string" ? [provider] : [];
  });
}

/** What is there can't be added to, and nobody's config is written over. */
function unparsed(text: string): GatewayError {
  const fault = jsonFault(text.replace(/^\uFEFF/, ""));
  const what = fault
    ? `can't be parsed: line ${fault.line}, column ${fault.column} should have ${fault.expected}`
    : "holds no JSON object";
  return new GatewayError(
    "CONFIG_INVALID",
    `${configPath} ${what}. Mend it and run this again; or move it away, and \`surehook init\` writes a new one.`,
  );
}

/** A sender that has a source was there before: what else belongs to it is as somebody left it. */
function withParts(
  config: Readonly<Record<string, unknown>>,
  parts: readonly ConfigParts[],
): Readonly<Record<string, unknown>> {
  const sources = objectAt(config, "sources");
  const destinations = objectAt(config, "destinations");
  const routes = Array.isArray(config["routes"]) ? config["routes"] : [];
  const fresh = parts.filter((part) =>
    Object.keys(part.sources).some((name) => !Object.hasOwn(sources, name)),
  );
  return {
    ...config,
    sources: Object.assign({}, sources, ...fresh.map((part) => part.sources), sources),
    destinations: Object.assign(
      {},
      destinations,
      ...fresh.map((part) => part.destinations),
      destinations,
    ),
    routes: [...routes, ...fresh.flatMap((part) => part.routes)],
  };
}

function objectAt(config: Readonly<Record<string, unknown>>, name: string): object {
  const value = config[name];
  return typeof value === "object" && value !== null ? value : {};
}
