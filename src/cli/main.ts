#!/usr/bin/env node
/** `surehook`: looks at the version of Node.js first, since an older one can't even load the rest. */
const oldest = [24, 15] as const;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  const error = `This is Node.js ${process.versions.node}.`;
  const hint = `Install Node.js ${oldest.join(".")} or later from https://nodejs.org, and run it again.`;
  const text = process.argv.includes("--json")
    ? JSON.stringify({ error, code: "USAGE", hint })
    : `surehook: ${error} [USAGE]\n${hint}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
} else {
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv.slice(2));
}
