/** The secrets of the quickstart: made once, kept in `.env.local`, never overwritten. */
import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, readFileSync, statSync } from "node:fs";
import { ScriptError } from "./bootstrap.mjs";

/** The secrets that the quickstart config reads, and how a fresh one is made. */
const makers = {
  STRIPE_WEBHOOK_SECRET: () => `whsec_${randomBytes(24).toString("hex")}`,
  GITHUB_WEBHOOK_SECRET: () => randomBytes(32).toString("hex"),
  SHOPIFY_WEBHOOK_SECRET: () => randomBytes(32).toString("hex"),
  SIGNING_SECRET: () => randomBytes(32).toString("hex"),
  // What is forwarded is signed by Standard Webhooks, whose keys are base64.
  SUREHOOK_FORWARD_SECRET: () => `whsec_${randomBytes(32).toString("base64")}`,
};

/**
 * Writes a random secret for each that neither the environment nor the file sets, and returns their
 * names. What is in the file stays as it is; its mode becomes 0600 where it was looser.
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 */
export function ensureSecrets(file, env = process.env) {
  try {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (existsSync(file)) tighten(file);
    const missing = Object.entries(makers).filter(([name]) => !isSet(name, text, env));
    if (missing.length > 0) append(file, text, missing);
    return missing.map(([name]) => name);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ScriptError(
      `${file} can't be read and written: ${error.message}. Set ${Object.keys(makers).join(", ")} in the environment instead.`,
    );
  }
}

/**
 * @param {string} file
 * @param {string} text
 * @param {readonly [string, () => string][]} missing
 */
function append(file, text, missing) {
  const heading =
    text === ""
      ? "# Secrets of this machine, made by the first `npm start`. Replace them by those of your senders.\n"
      : text.endsWith("\n")
        ? ""
        : "\n";
  const lines = missing.map(([name, make]) => `${name}=${make()}\n`);
  appendFileSync(file, heading + lines.join(""), { mode: 0o600 });
}

/**
 * @param {string} name
 * @param {string} text
 * @param {NodeJS.ProcessEnv} env
 */
function isSet(name, text, env) {
  if (env[name] || env[`${name}_FILE`]) return true;
  return new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name}(?:_FILE)?[ \\t]*=[ \\t]*\\S`, "m").test(
    text,
  );
}

function tighten(/** @type {string} */ file) {
  const mode = statSync(file).mode & 0o777;
  if (mode & 0o077) chmodSync(file, mode & 0o700);
}

/**
 * The environment without empty settings of these secrets: a variable that is set, though to
 * nothing, would win over the file.
 * @param {NodeJS.ProcessEnv} env
 */
export function withoutEmptySecrets(env) {
  const names = Object.keys(makers).flatMap((name) => [name, `${name}_FILE`]);
  const empty = names.filter((name) => env[name] === "");
  return Object.fromEntries(Object.entries(env).filter(([name]) => !empty.includes(name)));
}
