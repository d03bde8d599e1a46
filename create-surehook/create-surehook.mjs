#!/usr/bin/env node
/** `npm create surehook [folder]` is `surehook init [folder]`. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const manifest = require.resolve("surehook/package.json");
process.argv.splice(2, 0, "init");
await import(pathToFileURL(join(dirname(manifest), require(manifest).bin.surehook)).href);
