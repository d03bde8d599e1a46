/** `npm run check`: style, types, the dependency rule, and what nothing uses. Each runs, whatever the others found. */
import { join } from "node:path";
import { environmentFor, prepare, root, run, runScript, say } from "./bootstrap.mjs";

/** @type {readonly { readonly name: string, readonly command: readonly [string, ...string[]] }[]} */
const checks = [
  {
    name: "biome",
    command: [
      "@biomejs/biome/bin/biome",
      "check",
      "--error-on-warnings",
      "--diagnostic-level=warn",
    ],
  },
  { name: "tsc", command: ["typescript7/bin/tsc", "--project", "tsconfig.json"] },
  {
    name: "dependency rule",
    command: [
      "dependency-cruiser/bin/dependency-cruiser.mjs",
      "--config",
      "dependency-rule.mjs",
      "--output-type",
      "err-long",
      "src",
    ],
  },
  { name: "knip", command: ["knip/bin/knip.js"] },
];

await runScript(async () => {
  const node = await prepare();
  const failed = [];
  for (const { name, command } of checks) {
    say(`check: ${name}`);
    const [tool, ...args] = command;
    const path = join(root, "node_modules", tool);
    if ((await run(node, [path, ...args], environmentFor(node))) !== 0) failed.push(name);
  }
  say(failed.length === 0 ? "check: all passed" : `check: failed: ${failed.join(", ")}`);
  return failed.length === 0 ? 0 : 1;
});
