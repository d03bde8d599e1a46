import { copyFileSync, mkdtempSync } from "node:fs";
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

function freshPath(): string {
  return join(mkdtempSync(join(tmpdir(), "surehook-sqlite-")), "s.db");
}

engineConformance("sqlite", {
  open: (clock, limits) => openAt(freshPath(), clock, limits),
  // What a killed process leaves: the files as they lie there, with nothing closed.
  crash: async (engine, clock, limits) => {
    const [left, found] = [paths.get(engine) ?? "", freshPath()];
    for (const file of ["", "-wal"]) copyFileSync(`${left}${file}`, `${found}${file}`);
    const next = await openAt(found, clock, limits);
    await engine.close();
    return next;
  },
  reopen: async (engine, clock, limits) => {
    await engine.close();
    return openAt(paths.get(engine) ?? "", clock, limits);
  },
});
