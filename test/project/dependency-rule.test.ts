/** A rule that sees nothing passes too; so each kind of forbidden import is planted, and must be found. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";

const tool = join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");

let copy = "";
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "surehook-rule-"));
  for (const name of ["src", "package.json", "tsconfig.json", "dependency-rule.mjs"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

type Report = {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
    }[];
  };
};

function cruise(folder: string): { readonly modules: number; readonly broken: readonly string[] } {
  const args = [tool, "--config", "dependency-rule.mjs", "--output-type", "json", "src"];
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 } as const;
  const { stdout } = spawnSync(process.execPath, args, options);
  const { modules, summary }: Report = JSON.parse(stdout);
  return {
    modules: modules.filter(({ source }) => source.startsWith("src/")).length,
    broken: summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`),
  };
}

/** Adds an import to a file of the copy, which is made where there is none. */
function plant(file: string, specifier: string): void {
  mkdirSync(join(copy, file, ".."), { recursive: true });
  appendFileSync(
    join(copy, file),
    `\nimport * as planted from "${specifier}";\nexport const used = planted;\n`,
  );
}

test("the tree keeps the rule, and the rule reads its TypeScript", () => {
  const { modules, broken } = cruise(root);
  expect(broken).toEqual([]);
  expect(modules).toBeGreaterThan(30);
});

test("every planted import is found, each by its rule", () => {
  plant("src/core/retry.ts", "node:fs");
  plant("src/core/route.ts", "../providers/stripe.ts");
  plant("src/kit/glob.ts", "../core/types.ts");
  plant("src/providers/stripe.ts", "./github.ts");
  plant("src/http/planted-engine.ts", "../engines/sqlite/queries.ts");
  plant("src/engines/postgres/planted.ts", "../sqlite/queries.ts");
  plant("src/engines/sqlite/queries.ts", "../../core/types.ts");
  plant("src/cdk/planted.ts", "../app/config.ts");
  plant("src/app/planted-cdk.ts", "aws-cdk-lib");
  plant("src/app/planted-dev.ts", "vitest");
  plant("src/app/planted-test.ts", "./resolve-hook.test.ts");
  writeFileSync(join(copy, "src/kit/planted-alone.ts"), "export const alone = 1;\n");
  expect([...cruise(copy).broken].sort()).toEqual([
    "aws-cdk-at-home: src/app/planted-cdk.ts",
    "engines-are-strangers: src/engines/postgres/planted.ts",
    "no-dev-dependency-in-product: src/app/planted-dev.ts",
    "no-io-in-core: src/core/retry.ts",
    "no-orphans: src/kit/planted-alone.ts",
    "no-test-in-product: src/app/planted-test.ts",
    "providers-are-strangers: src/providers/stripe.ts",
    "room-cdk: src/cdk/planted.ts",
    "room-core: src/core/route.ts",
    "room-http: src/http/planted-engine.ts",
    "room-kit: src/kit/glob.ts",
  ]);
});
