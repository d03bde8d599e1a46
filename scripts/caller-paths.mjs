/** Where a script's commands run, and the paths on its command line: its caller may stand elsewhere. */
import { resolve, sep } from "node:path";
import { root } from "./bootstrap.mjs";

const options = ["-c", "--config", "-f", "--file"];

/** Where the caller stands; npm changes to the project's folder and keeps it in a variable. */
export function callersFolder(env = process.env) {
  return (env["npm_lifecycle_event"] && env["INIT_CWD"]) || process.cwd();
}

/** Where commands run: in the clone's folder for who stands anywhere in the clone, else where the caller stands. */
export function workingFolder(/** @type {string} */ folder) {
  return `${folder}${sep}`.startsWith(`${root}${sep}`) ? root : folder;
}

/**
 * The words with each path of an option resolved against the caller's folder.
 * @param {readonly string[]} words
 * @param {string} folder
 */
export function wordsFrom(words, folder) {
  if (folder === root) return [...words];
  return words.map((word, at) => {
    if (options.includes(words[at - 1] ?? "")) return pathFrom(word, folder);
    const [, option, path] = /^(--config=|--file=|-[cf](?=[^-]))(.*)$/s.exec(word) ?? [];
    return option === undefined ? word : `${option}${pathFrom(path ?? "", folder)}`;
  });
}

/**
 * The environment with the config's path resolved against the caller's folder.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} folder
 */
export function environmentFrom(env, folder) {
  const config = env["SUREHOOK_CONFIG"];
  return config ? { ...env, SUREHOOK_CONFIG: resolve(folder, config) } : env;
}

/** An empty path stays one: it is refused by name. */
function pathFrom(/** @type {string} */ path, /** @type {string} */ folder) {
  return path === "" ? path : resolve(folder, path);
}
