/** `surehook dev`: reloads under load, what it does with mistakes, and what it tells. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GatewayFolder, longReason, secrets, until } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeEach(async () => {
  folder = new GatewayFolder();
  await folder.dev();
});

afterEach(async () => {
  await folder.stop();
  folder.remove();
});

type Sent = { readonly status: number | undefined; readonly jobId: string };

/** Posts an event to the source `shop`, as its sender would. */
async function post(
  id: string,
  { agent, type = "order.paid" }: { agent?: Agent; type?: string } = {},
) {
  const body = JSON.stringify({ id, type });
  const signature = createHmac("sha256", secrets.SHOP_SECRET).update(body).digest("hex");
  const headers = { "x-signature": signature, "x-event-type": type, "idempotency-key": id };
  const sent = request(`${folder.url}/shop`, { method: "POST", headers, agent: agent ?? false });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const { jobId = "" } = JSON.parse(await text(response)) as { jobId?: string };
  return { status: response.statusCode, jobId } satisfies Sent;
}

function configText(): string {
  return readFileSync(join(folder.path, "surehook.config.ts"), "utf8");
}

/** Writes the config, and waits until it has been read again. */
async function reload(change: () => void): Promise<void> {
  const before = reloads();
  const said = folder.log.length;
  change();
  await folder.prints(({ log }) => {
    // It would wait for a mend until the test's end.
    const now = log.slice(said);
    if (now.includes("goes on with the config before")) throw new Error(now);
    return reloads() > before;
  });
}

function reloads(): number {
  return folder.greeting.split("Config reloaded").length - 1;
}

const told = (words: string) => folder.prints(({ out }) => out.includes(words));

describe("a config that changes", () => {
  test("three times under load loses no request: each is answered 200, stored and delivered", async () => {
    const ending = { isOver: false };
    const answers: Sent[] = [];
    const lane = async (name: string, agent?: Agent) => {
      for (let n = 0; !ending.isOver; n += 1) {
        answers.push(await post(`${name}-${n}`, agent === undefined ? {} : { agent }));
        // Paced, or a busy machine has no time left for what is tested.
        await pause(20);
      }
    };
    const kept = new Agent({ keepAlive: true });
    const lanes = [
      ...Array.from({ length: 4 }, (_, n) => lane(`kept-${n}`, kept)),
      ...Array.from({ length: 2 }, (_, n) => lane(`new-${n}`)),
    ];
    for (let n = 1; n <= 3; n += 1) {
      const already = answers.length;
      await until("requests between reloads", () => answers.length > already + 20);
      const source = configText();
      await reload(() => folder.write("surehook.config.ts", `${source}// change ${n}\n`));
    }
    ending.isOver = true;
    await Promise.all(lanes);
    kept.destroy();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(folder.greeting).toMatch(/Config reloaded in \d+ ms; \d+ requests? waited for it/);
    const ids = new Set(answers.map(({ jobId }) => jobId));
    expect(ids.size).toBe(answers.length);
    await until(
      "each delivery",
      () => folder.seen().filter((id) => ids.has(id)).length >= ids.size,
    );
    const events = await folder.json("events", "list", "--limit", "10000");
    const stored = new Set(events.items.map(({ id }: { readonly id: string }) => id));
    expect([...ids].filter((id) => !stored.has(id))).toEqual([]);
    // What the handler notes of each event, in a file that it names, is no change of the config.
    expect(reloads()).toBe(3);
  }, 120_000);

  test("is read again while another file that it leads to is written without end", async () => {
    const source = `const busy = new URL("./busy.json", import.meta.url);\nvoid busy;\n${configText()}`;
    const writeBusy = () => folder.write("busy.json", JSON.stringify(Date.now()));
    writeBusy();
    await reload(() => folder.write("surehook.config.ts", source));
    const writing = setInterval(writeBusy, 20);
    try {
      await reload(() =>
        folder.write("surehook.config.ts", source.replace('path: "/shop"', 'path: "/moved"')),
      );
    } finally {
      clearInterval(writing);
    }
    expect((await post("moved")).status).toBe(404);
  }, 120_000);

  test("is taken with the modules that it imports and with the handler that it names", async () => {
    const source = configText().replace('to: "note" }]', "to: target }]");
    await reload(() => {
      folder.write("target.ts", 'export const target = "note" as const;\n');
      folder.write("surehook.config.ts", `import { target } from "./target.ts";\n${source}`);
    });
    await post("one");
    await told("→ note delivered");
    await reload(() => folder.write("target.ts", 'export const target = "spare" as const;\n'));
    await post("two");
    await told("→ spare delivered");
    await reload(() =>
      folder.write("note.ts", 'export function handle() { throw new Error("the new one"); }\n'),
    );
    await post("three");
    await told("the new one");
  }, 120_000);

  test("and has mistakes is told, while the one before goes on until it is mended", async () => {
    const source = configText();
    folder.write("surehook.config.ts", source.replace('to: "note"', 'to: "nobody"'));
    await folder.prints(({ log }) => log.includes("goes on with the config before"));
    expect(folder.log).toContain("routes[0].to");
    expect(folder.log).toMatch(/Mend it\.\s+It is read again when it is saved/);
    expect((await post("meanwhile")).status).toBe(200);
    await told("→ note delivered");
    await reload(() => folder.write("surehook.config.ts", source.replace("/shop", "/mended")));
    expect((await post("after")).status).toBe(404);
  }, 120_000);

  test("and can't be loaded is told, with no word of running it again: it is read once it is saved", async () => {
    const source = configText();
    folder.write("surehook.config.ts", `${source}}\n`);
    await folder.prints(({ log }) => log.includes("goes on with the config before"));
    expect(folder.log).toMatch(
      /can't be loaded: .*Mend that\.\s+It is read again when it is saved/s,
    );
    await reload(() => folder.write("surehook.config.ts", source.replace("/shop", "/mended")));
    expect((await post("after")).status).toBe(404);
  }, 120_000);
});

describe("what arrives", () => {
  test("is told in a line with the answer and what its destinations made of it", async () => {
    const good = await post("good");
    const bad = await post("bad", { type: "boom" });
    // Of a delivery that takes its time, on a busy machine, a second line tells the result.
    const resultOf = ({ jobId }: Sent, result: string) =>
      folder.greeting.split("\n").find((line) => line.includes(jobId) && line.includes(result));
    await folder.prints(
      () =>
        resultOf(good, "→ note delivered") !== undefined &&
        resultOf(bad, "→ note dead") !== undefined,
    );
    const lineOf = ({ jobId }: Sent) =>
      folder.greeting.split("\n").find((line) => line.includes(jobId)) ?? "";
    expect(lineOf(good)).toMatch(/^\d\d:\d\d:\d\d shop order\.paid \S+ 200 → note \w+$/);
    expect(lineOf(bad)).toMatch(/ shop boom \S+ 200 → note \w+/);
    expect(resultOf(bad, "→ note dead")).toContain(longReason);
    await post("good");
    await told("came again: not delivered again");
  }, 120_000);

  test("and is refused is told with the code, why, and what to do", async () => {
    const refused = await fetch(`${folder.url}/shop`, { method: "POST", body: "{}" });
    expect(refused.status).toBe(401);
    await folder.prints(({ out }) =>
      /shop 401 \S+\n +MISSING_SIGNATURE: .+\n +\? .+\n +\S/.test(out),
    );
    const body = '{"id":"evt_1"}';
    const at = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", secrets.SHOP_SECRET)
      .update(`${at}.${body}`)
      .digest("hex");
    const headers = { "stripe-signature": `t=${at},v1=${signature}` };
    await fetch(`${folder.url}/stripe`, { method: "POST", headers, body });
    await folder.prints(({ out }) =>
      /stripe 401 \S+\n +INVALID_SIGNATURE: .+\n +✓ .*SHOP_SECRET/.test(out),
    );
    expect(folder.greeting).not.toContain(secrets.SHOP_SECRET);
  }, 120_000);

  test("can be a sample, whose command is printed", async () => {
    await folder.prints(({ out }) => out.split("Samples to send\n")[1] !== undefined);
    const [, samples = ""] = folder.greeting.split("Samples to send\n");
    expect(samples).toMatch(/send stripe payment_intent\.succeeded --port \d+\n/);
    expect(folder.greeting).not.toContain("send off ");
  });
});
