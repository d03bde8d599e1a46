import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { secret } from "../core/define.ts";
import { readEnvironment, SecretFault, secretReader } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "surehook-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ref = secret("KEY");

describe("the environment", () => {
  it("has defaults, also for what is set to nothing", () => {
    const nothing = { SUREHOOK_STORE: "", SUREHOOK_CONFIG: "", PORT: "", SUREHOOK_LOG_LEVEL: "" };
    for (const env of [{}, nothing]) {
      expect(readEnvironment(env)).toEqual({
        store: ".surehook/surehook.db",
        config: undefined,
        port: undefined,
        logLevel: "info",
        color: undefined,
      });
    }
    expect(readEnvironment({ PORT: "80", SUREHOOK_PORT: "81" }).port).toBe(81);
  });

  it("is refused with every value that is wrong", () => {
    const env = { PORT: "1e3", SUREHOOK_LOG_LEVEL: "WARNING" };
    expect(() => readEnvironment(env)).toThrow(/"1e3"[\s\S]*"WARNING"/);
  });
});

describe("a secret", () => {
  it("is refused where it is set by value and by file: neither wins in silence", () => {
    const read = secretReader({ KEY: "a", KEY_FILE: "b" });
    expect(() => read(ref)).toThrow(SecretFault);
    expect(() => read(ref)).toThrow(/KEY_FILE, but both are set/);
    expect(secretReader({ KEY: "a", KEY_FILE: "" })(ref)?.value).toBe("a");
  });

  it("in a file that can't be read is a fault that names both", () => {
    const read = secretReader({ KEY_FILE: join(folder, "none") });
    expect(() => read(ref)).toThrow(/KEY_FILE names .*none/);
    expect(() => secretReader({ KEY_FILE: folder })(ref)).toThrow(SecretFault);
  });

  it("in an empty file is not set, however often it is read", () => {
    const file = join(folder, "empty");
    writeFileSync(file, "\n");
    const at = { now: 0 };
    const read = secretReader({ KEY_FILE: file }, () => at.now);
    for (const now of [0, 1, 1_000]) {
      at.now = now;
      expect(read(ref)).toBeUndefined();
    }
    writeFileSync(file, "set\n");
    utimesSync(file, 1, 1);
    at.now = 2_000;
    expect(read(ref)?.value).toBe("set");
  });
});
