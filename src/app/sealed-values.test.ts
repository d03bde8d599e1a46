import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "../engines/sqlite/index.ts";
import { secretReader } from "./config.ts";
import { sealKeySource } from "./seal-key.ts";
import { sealedValues } from "./sealed-values.ts";

const base64Key = Buffer.alloc(32, 7).toString("base64");
const value = Buffer.from("a token that no one may read");

let folder: string;
let store: string;
let keyFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-seal-"));
  store = join(folder, "store.db");
  keyFile = `${store}.key`;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function keySource(env: NodeJS.ProcessEnv = {}) {
  return sealKeySource(secretReader(env), store);
}

describe("sealed values in a store", () => {
  it("come back in the clear, and lie in the store sealed", async () => {
    const engine = await openSqlite({ path: store, role: "operator", clock: Date.now });
    try {
      const values = sealedValues(engine, keySource(), "destinations.crm");
      expect(await values.get("token")).toBeUndefined();
      expect(await values.put("token", value, 0)).toBe(true);
      expect(await values.put("token", Buffer.from("late"), 0)).toBe(false);
      expect((await values.get("token"))?.value).toEqual(value);
      const raw = await engine.get("destinations.crm.token");
      expect(raw?.value.includes("token that")).toBe(false);
      expect(raw?.value.length).toBeGreaterThan(value.length);
    } finally {
      await engine.close();
    }
    expect(readFileSync(store).includes(value)).toBe(false);
  });

  it("are each owner's own, and can't be put in another's place", async () => {
    const engine = await openSqlite({ path: store, role: "operator", clock: Date.now });
    try {
      const key = keySource();
      const mine = sealedValues(engine, key, "destinations.crm");
      const theirs = sealedValues(engine, key, "destinations.other");
      await mine.put("token", value, 0);
      expect(await theirs.get("token")).toBeUndefined();
      const stolen = (await engine.get("destinations.crm.token"))?.value ?? Buffer.alloc(0);
      await engine.put("destinations.other.token", stolen, 0);
      expect(await theirs.get("token")).toMatchObject({ value: undefined });
    } finally {
      await engine.close();
    }
  });

  it("can't be read with another key, but replaced", async () => {
    const engine = await openSqlite({ path: store, role: "operator", clock: Date.now });
    try {
      await sealedValues(engine, keySource(), "crm").put("token", value, 0);
      const other = sealedValues(engine, keySource({ SUREHOOK_KEY: base64Key }), "crm");
      const kept = await other.get("token");
      expect(kept).toMatchObject({ value: undefined });
      expect(await other.put("token", value, kept?.version ?? 0)).toBe(true);
      expect((await other.get("token"))?.value).toEqual(value);
    } finally {
      await engine.close();
    }
  });
});

describe("the key", () => {
  it("is SUREHOOK_KEY, from the environment or the file that SUREHOOK_KEY_FILE names", () => {
    const file = join(folder, "key");
    writeFileSync(file, `${base64Key}\n`);
    const fromEnvironment = keySource({ SUREHOOK_KEY: base64Key })();
    expect(keySource({ SUREHOOK_KEY_FILE: file })().id).toEqual(fromEnvironment.id);
    expect(() => statSync(keyFile)).toThrow("ENOENT");
  });

  it.each([
    "short",
    Buffer.alloc(31).toString("base64"),
    Buffer.alloc(33).toString("base64"),
    `!${base64Key}`,
    Buffer.alloc(32, 7).toString("hex"),
  ])("is refused at once where it is not 32 bytes of base64: %s", (wrong) => {
    const open = () => keySource({ SUREHOOK_KEY: wrong });
    expect(open).toThrow("SUREHOOK_KEY is not 32 bytes of base64");
    expect(open).toThrow("openssl rand -base64 32");
    expect(open).not.toThrow(wrong);
  });

  it("is made on first use in a file that only its owner can read, and stays", () => {
    const source = keySource();
    expect(() => statSync(keyFile)).toThrow("ENOENT");
    const { id } = source();
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(keySource()().id).toEqual(id);
  });

  it("is not used from a file that others can read, nor from a broken one", () => {
    keySource()();
    chmodSync(keyFile, 0o640);
    expect(() => keySource()()).toThrow(`chmod 600 ${keyFile}`);
    chmodSync(keyFile, 0o600);
    writeFileSync(keyFile, "");
    expect(() => keySource()()).toThrow(`${keyFile} is not 32 bytes of base64`);
  });
});
