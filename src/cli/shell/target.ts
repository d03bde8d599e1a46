/** Where destinations lead, as it is shown: never what may be a credential. */
import { fileURLToPath } from "node:url";
import type { Destination } from "../../core/settings.ts";

/** Where a destination leads; `address` is the gateway's own, which live clients connect to. */
export function targetOf({ type, options }: Destination, address: string): string | undefined {
  if (type.path !== undefined) return `${address.replace(/^http/, "ws")}${type.path(options)}`;
  if (type.target === undefined || typeof options !== "object" || options === null) {
    return undefined;
  }
  const given: unknown = (options as Readonly<Record<string, unknown>>)[type.target];
  return isSecret(given) ? `the secret ${given.name}` : shownTarget(given);
}

function isSecret(given: unknown): given is { readonly name: string } {
  return typeof given === "object" && given !== null && "kind" in given && given.kind === "secret";
}

function shownTarget(given: unknown): string | undefined {
  if (typeof given !== "string") return moduleName(given);
  return /^https?:/i.test(given) ? withoutCredentials(given) : given;
}

/** A module as it is written in the config: by its path, its address, or a function that imports it. */
export function moduleName(module: unknown): string | undefined {
  if (typeof module === "string") return module;
  if (module instanceof URL) {
    return module.protocol === "file:" ? fileURLToPath(module) : module.href;
  }
  if (typeof module !== "function") return undefined;
  return /\bimport\(\s*(["'`])(.+?)\1/.exec(String(module))?.[2];
}

function withoutCredentials(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const { protocol, host, pathname, search } = url;
  return `${protocol}//${host}${pathname}${search === "" ? "" : "?…"}`;
}
