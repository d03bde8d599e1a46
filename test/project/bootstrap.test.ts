import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  alone,
  chooseNode,
  isNewEnough,
  missingPackages,
  oldestNode,
  root,
} from "../../scripts/bootstrap.mjs";

const bootstrap = new URL("../../scripts/bootstrap.mjs", import.meta.url).href;

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "surehook-bootstrap-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe("which Node.js runs the sources", () => {
  const old = { version: "v20.20.2", execPath: "/usr/bin/node" };
  const installed = "node_modules/node/bin/node";

  function install(version: string): string {
    const file = write(installed, `#!/bin/sh\necho ${version}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  test("versions are compared as numbers", () => {
    expect(["v24.15.0", "v24.21.0", "v26.0.0", "v100.0.0"].every((v) => isNewEnough(v))).toBe(true);
    expect(["v20.20.2", "v24.9.0", "v24.14.9", "0"].some((v) => isNewEnough(v))).toBe(false);
  });

  test("the one that runs the script, where it is new enough", () => {
    install("v24.21.0");
    expect(chooseNode(folder, { version: "v24.15.0", execPath: "/own/node" })).toBe("/own/node");
  });

  test("else the one of the npm package", () => {
    expect(chooseNode(folder, old)).toBeUndefined();
    const path = install("v24.21.0");
    expect(chooseNode(folder, old)).toBe(path);
  });

  test("never one that is too old or doesn't run", () => {
    install("v22.1.0");
    expect(chooseNode(folder, old)).toBeUndefined();
    write(installed, "not a program");
    expect(chooseNode(folder, old)).toBeUndefined();
  });

  test("package.json asks for the same version", () => {
    const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(`${engines.node.replace(">=", "")}.0`).toBe(oldestNode);
  });

  test("the npm package's is new enough, and pinned", () => {
    const lock = JSON.parse(readFileSync(join(root, "scripts/node/package-lock.json"), "utf8"));
    const { version, integrity } = lock.packages["node_modules/node"];
    expect(isNewEnough(version)).toBe(true);
    expect(lock.packages[""].dependencies).toEqual({ node: version });
    expect(integrity).toMatch(/^sha512-/);
  });
});

describe("what is missing", () => {
  const lock = {
    packages: {
      "": { version: "1.0.0" },
      "node_modules/a": { version: "1.0.0" },
      "node_modules/a/node_modules/b": { version: "2.0.0" },
      "node_modules/tool": { version: "3.0.0", dev: true },
      "node_modules/other-platform": { version: "1.0.0", optional: true },
    },
  };

  function installed(packages: Record<string, { readonly version: string }>): void {
    write("node_modules/.package-lock.json", JSON.stringify({ packages }));
    for (const path of Object.keys(packages)) write(`${path}/package.json`, "{}");
  }

  beforeEach(() => {
    write("package-lock.json", JSON.stringify(lock));
  });

  test("everything that isn't optional, in a fresh clone", () => {
    expect(missingPackages(folder)).toEqual(["a", "b", "tool"]);
    expect(missingPackages(folder, { production: true })).toEqual(["a", "b"]);
  });

  test("nothing, once all is there as the lock file says", () => {
    const { "": _, "node_modules/other-platform": __, ...rest } = lock.packages;
    installed(rest);
    expect(missingPackages(folder)).toEqual([]);
  });

  test("another version, and a package whose folder is gone", () => {
    installed({
      "node_modules/a": { version: "1.0.1" },
      "node_modules/a/node_modules/b": { version: "2.0.0" },
      "node_modules/tool": { version: "3.0.0" },
    });
    rmSync(join(folder, "node_modules/tool"), { recursive: true });
    expect(missingPackages(folder)).toEqual(["a", "tool"]);
  });

  test("a clone without its lock file is refused with a reason", () => {
    rmSync(join(folder, "package-lock.json"));
    expect(() => missingPackages(folder)).toThrow("package-lock.json can't be read");
  });
});

test.each([".", "scripts/node", "test/oracle/sdks"])(
  "the lock file in %s names no registry",
  (place) => {
    const lock = readFileSync(join(root, place, "package-lock.json"), "utf8");
    expect(lock).not.toContain('"resolved"');
  },
);

describe("an installation", () => {
  test("waits for the one that another command has begun, and not for one that has ended", async () => {
    const first = await alone(folder, 5);
    let isIn = false;
    const second = alone(folder, 5).then((got) => {
      isIn = true;
      return got;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isIn).toBe(false);
    first.letIn();
    (await second).letIn();
    const left = spawnSync(process.execPath, [
      "--input-type=module",
      "-e",
      `import { alone } from ${JSON.stringify(bootstrap)}; await alone(${JSON.stringify(folder)}); process.exit(0);`,
    ]);
    expect(left.status).toBe(0);
    (await alone(folder, 5)).letIn();
  });
});
