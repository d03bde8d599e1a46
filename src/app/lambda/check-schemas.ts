/** Tells, before a gateway is deployed, of schemas that its receiver could not use: `node check-schemas.ts <config>`. */
import { ConfigError, readConfig } from "../load-config.ts";
import { sampleOf } from "../sample.ts";
import { compileSchemas } from "../schemas.ts";

const [, , named] = process.argv;
// What only a loader of the user's own can read was read by that one; its schemas are looked at by the receiver alone.
const config = await readConfig(named, { config: undefined }).catch(() => undefined);
const { mistakes } = await compileSchemas(config?.parts.sources ?? [], sampleOf);
if (config !== undefined && mistakes.length > 0) {
  process.stderr.write(`${new ConfigError(config.path, mistakes).message}\n`);
  process.exitCode = 1;
}
