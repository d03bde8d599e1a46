import { execFile } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { contextOf, destinationConformance, eventOf, noSignal, parcelOf } from "./conformance.ts";
import { file, fileKind } from "./file.ts";

const exec = promisify(execFile);
let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "surehook-file-"));
});

afterAll(() => rm(root, { recursive: true }));

function newFolder(): Promise<string> {
  return mkdtemp(join(root, "folder-"));
}

async function open(options: object) {
  return await fileKind.open(options, contextOf());
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

/** A pipe in place of the file that is written first: opening it to write waits for a reader. */
async function blocked(folder: string) {
  const path = join(folder, `hmac/2023/11/14/evt_1.json.${parcelOf().deliveryId}.1.part`);
  await mkdir(dirname(path), { recursive: true });
  await exec("mkfifo", [path]);
  return async () => {
    const reader = createReadStream(path).resume();
    await once(reader, "close");
  };
}

destinationConformance({
  kind: fileKind,
  open: async (behaviour) => {
    const folder = await newFolder();
    if (behaviour === "hangs") {
      const end = await blocked(folder);
      return { destination: await open({ folder }), arrived: async () => Buffer.alloc(0), end };
    }
    const end = async () => undefined;
    const isFile = join(folder, "a-file");
    await writeFile(isFile, "");
    const options = { folder: behaviour === "refuses" ? isFile : join(folder, "made") };
    const path = join(folder, "made/hmac/2023/11/14/evt_1.json");
    const arrived = () => vi.waitFor(() => readFile(path));
    return { destination: await open(options), arrived, end };
  },
});

describe("events as files", () => {
  it("go by provider, day of arrival and id", async () => {
    const folder = await newFolder();
    const destination = await open({ folder });
    await destination.send(parcelOf({ event: eventOf({ providerEventId: "../x/é" }) }), noSignal());
    await destination.send(parcelOf({ event: eventOf({ providerEventId: ".." }) }), noSignal());
    await destination.send(
      parcelOf({ event: eventOf({ providerEventId: undefined }) }),
      noSignal(),
    );
    expect(await filesOf(folder)).toEqual(
      [
        "hmac/2023/11/14/%2E%2E.json",
        "hmac/2023/11/14/..%2Fx%2F%C3%A9.json",
        `hmac/2023/11/14/${eventOf({}).id}.json`,
      ].sort(),
    );
    await destination.close();
  });

  it("go by the config's key, from the payload too, and are the owner's alone", async () => {
    const folder = await newFolder();
    const destination = await open({ folder, key: "{params.tenant}/{payload.id}-{type}" });
    await destination.send(parcelOf(), noSignal());
    expect(await filesOf(folder)).toEqual(["acme/1-order.paid"]);
    expect((await stat(join(folder, "acme/1-order.paid"))).mode & 0o777).toBe(0o600);
    await destination.close();
  });

  it("are one for the same event, and never take another event's place", async () => {
    const folder = await newFolder();
    const destination = await open({ folder, key: "{eventId}.json" });
    const other = eventOf({ id: "0197a1b2-0000-7000-8000-00000000000f" });
    const send = (text: string, event = eventOf({})) =>
      destination.send(parcelOf({ event, body: Buffer.from(text) }), noSignal());
    for (const text of ["one", "one"]) expect(await send(text)).toEqual({ kind: "delivered" });
    for (const text of ["two", "three"]) await send(text, other);
    expect(await filesOf(folder)).toEqual([`evt_1.${other.id}.json`, "evt_1.json"]);
    expect(await readFile(join(folder, "evt_1.json"), "utf8")).toBe("one");
    expect(await readFile(join(folder, `evt_1.${other.id}.json`), "utf8")).toBe("three");
    await destination.close();
  });

  it("leave nothing behind where the same name is taken by many at once", async () => {
    const folder = await newFolder();
    const destination = await open({ folder, key: "{eventId}.json" });
    const ids = Array.from({ length: 20 }, (_, at) => `id-${at}`);
    const sends = ids.map((id) =>
      destination.send(
        parcelOf({ deliveryId: id, event: eventOf({ id }), body: Buffer.from(id) }),
        noSignal(),
      ),
    );
    await Promise.all(sends);
    const names = await filesOf(folder);
    expect(names).toHaveLength(20);
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    expect(texts.sort()).toEqual(ids.sort());
    await destination.close();
  });

  it("are refused for good where the event has no value for the key", async () => {
    const destination = await open({ folder: await newFolder(), key: "{payload.no}/{id}" });
    expect(await destination.send(parcelOf(), noSignal())).toMatchObject({
      code: "DESTINATION_REFUSED",
      permanent: true,
      detail: expect.stringContaining("{payload.no}"),
    });
    await destination.close();
  });

  it("are tried again where the folder can't be written, with the reason", async () => {
    const folder = join(await newFolder(), "a-file");
    await writeFile(folder, "");
    const destination = await open({ folder });
    const outcome = await destination.send(parcelOf(), noSignal());
    expect(outcome).toMatchObject({
      code: "DESTINATION_UNREACHABLE",
      detail: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
    expect(outcome).not.toHaveProperty("permanent");
    await destination.close();
  });

  it.each(["/{id}", "../{id}", "a/./{id}", "a//{id}", "{id}/", "{nothing}", "{payload}", ""])(
    "have no key %j",
    (key) => {
      const schema = z.object(fileKind.settings);
      expect(schema.safeParse({ folder: "x", key }).success).toBe(false);
    },
  );

  it("are written down with file()", () => {
    expect(file({ folder: "kept" })).toMatchObject({ type: { name: "file" } });
  });
});
