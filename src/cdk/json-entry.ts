/** A config of the JSON form as a module: what it names is imported, so that one file holds it and all that it leads to. */

type Json = Readonly<Record<string, unknown>>;

/** The module's text. Its paths stay as the config has them: it stands where the config does. */
export function moduleOfJson(config: unknown, definitionFile: string): string {
  const { sources, destinations, routes } = recordOf(config);
  const senders = partsOf(sources);
  const targets = partsOf(destinations);
  const providers = textsOf(senders.map(({ provider }) => provider)).map(camelCase);
  const kinds = textsOf(targets.map(({ kind }) => kind));
  const schemas = senders.flatMap((sender) => Object.values(recordOf(sender["schemas"])));
  const modules = [...schemas, ...senders.map(({ secrets }) => secrets)];
  const eager = textsOf(modules.map((one) => recordOf(one)["module"]));
  const files = textsOf(schemas);
  const late = textsOf([
    ...targets.map(({ module }) => module),
    ...partsOf(routes).map(({ transform }) => transform),
  ]);
  return [
    ...providers.map((name) => imported(`{ ${name} }`, "surehook/providers")),
    ...kinds.map((name) => imported(`{ ${name} }`, "surehook/destinations")),
    imported("{ definitionFrom, withModules }", definitionFile),
    ...eager.map((path, at) => imported(`* as module${at}`, path)),
    ...files.map((path, at) => imported(`json${at}`, path)),
    `const modules = ${table(eager, (_, at) => `module${at}`)};`,
    `const files = ${table(files, (_, at) => `json${at}`)};`,
    `const late = ${table(late, (path) => `() => import(${JSON.stringify(path)})`)};`,
    `const { definition } = definitionFrom(${JSON.stringify(config)}, {`,
    `  providers: [${providers.join(", ")}],`,
    `  kinds: [${kinds.map((name) => `${name}({}).type`).join(", ")}],`,
    "  module: (path) => modules[path],",
    "  json: (path) => files[path],",
    "});",
    `const makers = { ${kinds.map(makerOf).join(", ")} };`,
    "export default withModules(definition, (path) => late[path], makers);",
  ].join("\n");
}

/** Of all kinds only `code` takes its module first. */
function makerOf(kind: string): string {
  return kind === "code" ? "code: ({ module, ...options }) => code(module, options)" : kind;
}

function imported(what: string, from: string): string {
  return `import ${what} from ${JSON.stringify(from)};`;
}

function table(paths: readonly string[], of: (path: string, at: number) => string): string {
  return `{ ${paths.map((path, at) => `${JSON.stringify(path)}: ${of(path, at)}`).join(", ")} }`;
}

/** A provider's export is its name in camel case. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function textsOf(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter((value) => typeof value === "string"))];
}

function partsOf(parts: unknown): readonly Json[] {
  return Object.values(recordOf(parts)).map(recordOf);
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
