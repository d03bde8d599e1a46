import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The file that a path of the config names: a relative one is from the config's folder, whoever starts
 * the gateway and wherever; from the working directory where there is no config file.
 */
export function pathInConfig(path: string, configUrl: string | undefined): string {
  return configUrl === undefined ? resolve(path) : resolve(dirname(fileURLToPath(configUrl)), path);
}
