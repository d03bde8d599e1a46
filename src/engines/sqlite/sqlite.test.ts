import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../core/engine.ts";
import { engineConformance, type Limits } from "../conformance.ts";
import { openSqlite } from "./index.ts";

const paths = new WeakMap<Engine, string>();

async function openAt(path: string, clock: () => number, limits: Limits): Promise<Engine> {
  const engine = await openSqlite({ path, role: "gateway", clock, limits });
  paths.set(engine, path);
  return engine;
}

engineConformance("sqlite", {
  open: (clock, limits) =>
    openAt(join(mkdtempSync(join(tmpdir(), "surehook-sqlite-")), "s.db"), clock, limits),
  reopen: async (engine, clock, limits) => {
    await engine.close();
    return openAt(paths.get(engine) ?? "", clock, limits);
  },
});
