/** `surehook events`, `requests` and `deliveries` beside a gateway that runs. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFolder, longReason, secrets, until } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeAll(async () => {
  folder = new GatewayFolder();
  await folder.start();
  const url = ["--url", folder.url];
  await folder.ok("send", "stripe", "payment_intent.succeeded", ...url);
  await folder.ok("send", "shop", "order.paid", "--count", "3", ...url);
  await folder.ok("send", "shop", "boom", ...url);
  await folder.run(["send", "shop", "order.paid", ...url], { env: { SHOP_SECRET: "another" } });
  await until("the deliveries", () => folder.seen().length === 4);
});

afterAll(() => folder.remove());

type Row = { readonly id: string } & Readonly<Record<string, unknown>>;

async function rows(...words: readonly string[]): Promise<Row[]> {
  return (await folder.json(...words)).items;
}

describe("events", () => {
  test("are listed newest first, with whole ids in a pipe and times with their offset", async () => {
    const out = await folder.ok("events");
    const [head, newest, ...others] = out.trim().split("\n");
    expect(head).toMatch(/^ID +RECEIVED +SOURCE +TYPE$/);
    expect(newest).toMatch(
      /^[0-9a-f-]{36} {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0[12]:00 {2}shop +boom$/,
    );
    expect(others).toHaveLength(4);
    expect(out).not.toContain("\u001b");
  });

  test("are chosen by source, type and time", async () => {
    expect(await rows("events", "--source", "stripe")).toHaveLength(1);
    expect(await rows("events", "--type", "order.*", "--type", "payment_*")).toHaveLength(4);
    expect(await rows("events", "--since", "1h")).toHaveLength(5);
    expect(await rows("events", "--until", "1h")).toHaveLength(0);
    expect(
      await rows("events", "--since", "2020-01-01", "--until", "2020-01-02T10:00:00Z"),
    ).toEqual([]);
  });

  test("come in pages", async () => {
    const first = await folder.json("events", "list", "--limit", "2");
    expect(first.items).toHaveLength(2);
    const second = await folder.json("events", "list", "--limit", "10", "--cursor", first.next);
    expect(second.items).toHaveLength(3);
    expect(second.next).toBeUndefined();
  });

  test.each(["events", "requests", "deliveries"])(
    "a cursor that no page of %s ended with is refused",
    async (list) => {
      const { code, out, err } = await folder.run([list, "--cursor", "zzz"]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain('"zzz" is no cursor of this list');
    },
  );

  test("become blocks on a narrow terminal, and keep their ids", async () => {
    const { out } = await folder.run(["events", "--limit", "1"], { env: { COLUMNS: "40" } });
    expect(out).toMatch(/^id: [0-9a-f-]{36}\nreceived: .+\nsource: shop\ntype: boom\n$/);
  });

  test("an empty list says what to do next, on standard error", async () => {
    const { code, out, err } = await folder.run(["events", "--type", "no.such"]);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toContain("surehook requests --outcome rejected");
  });

  test("are shown whole, with the signature shortened", async () => {
    const [event] = await rows("events", "--source", "shop", "--type", "boom");
    const out = await folder.ok("events", "show", event?.id ?? "");
    expect(out).toMatch(/proof +verified with SHOP_SECRET/);
    expect(out).toMatch(/x-signature: [0-9a-f]{8}… \(64 characters\)/i);
    expect(out).toContain('"type":"boom"');
    expect(out).toMatch(/^state +dead$/m);
    expect(out).toContain("HANDLER_FAILED");
    const revealed = await folder.ok("events", "show", event?.id ?? "", "--reveal");
    expect(revealed).toMatch(/x-signature: [0-9a-f]{64}\n/i);
  });

  test("are found by the sender's id too, and their body printed byte for byte", async () => {
    const [event] = await rows("events", "--source", "stripe");
    const body = await folder.ok("events", "show", String(event?.providerEventId), "--body");
    expect(JSON.parse(body)).toMatchObject({ id: event?.providerEventId, object: "event" });
  });

  test("one that isn't there ends with 3", async () => {
    const { code, err } = await folder.run(["events", "show", "nothing"]);
    expect(code).toBe(3);
    expect(err).toContain("[NOT_FOUND]");
  });

  test("what a sender wrote can't steer the terminal", async () => {
    const file = folder.write("steer.json", '{"a":"\u009b31m\u202etxt"}');
    const words = ["send", "stripe", "x", "--file", file, "--url", folder.url];
    const { jobId } = JSON.parse((await folder.ok(...words)).replace(/^200 /, ""));
    const out = await folder.ok("events", "show", jobId);
    expect(out).toContain("\\x9b31m\\u202etxt");
    expect(await folder.ok("events", "show", jobId, "--json")).not.toContain("\u009b");
  });

  test("are followed while they come", async () => {
    let [out, err] = ["", ""];
    const { code } = await folder.run(["events", "tail", "--type", "tail.*", "--json"], {
      meanwhile: async (child) => {
        child.stdout?.on("data", (chunk) => {
          out += chunk;
        });
        child.stderr?.on("data", (chunk) => {
          err += chunk;
        });
        await until("the tail to wait", () => err.includes("Waiting for events"));
        await folder.ok("send", "shop", "tail.seen", "--url", folder.url);
        await folder.ok("send", "shop", "not.seen", "--url", folder.url);
        await until("event and delivery", () => out.trim().split("\n").length >= 2);
        child.kill("SIGINT");
      },
    });
    expect(code).toBe(0);
    const [first, second, ...more] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first.event.type).toBe("tail.seen");
    expect(second.delivery).toMatchObject({ eventId: first.event.id, state: "delivered" });
    expect(more).toEqual([]);
  });
});

describe("requests", () => {
  test("are listed with their outcome, the refused ones too", async () => {
    const out = await folder.ok("requests", "--outcome", "rejected");
    expect(out).toMatch(/shop +rejected +INVALID_SIGNATURE +127\.0\.0\.1$/m);
    const [request] = await rows("requests", "list", "--outcome", "rejected");
    expect(request).toMatchObject({ source: "shop", code: "INVALID_SIGNATURE" });
    expect(JSON.stringify(request)).not.toMatch(/[0-9a-f]{64}/);
  });

  test("are shown with reason, headers, body and the way on", async () => {
    const [request] = await rows("requests", "--outcome", "rejected");
    const { out, err } = await folder.run(["requests", "show", request?.id ?? ""]);
    expect(out).toMatch(/reason +INVALID_SIGNATURE: /);
    expect(out).toMatch(/x-event-type: order\.paid/i);
    expect(out).toContain('"type":"order.paid"');
    expect(err).toContain(`surehook requests release ${request?.id}`);
  });
});

describe("deliveries", () => {
  test("are listed and chosen by state, destination and event", async () => {
    await until(
      "the dead one",
      async () => (await rows("deliveries", "--state", "dead")).length === 1,
    );
    const [dead] = await rows("deliveries", "--state", "dead", "--destination", "note");
    expect(await rows("deliveries", "--event", String(dead?.eventId))).toHaveLength(1);
    expect(await rows("deliveries", "--event", "nothing-of-this-id").catch(String)).toMatch(
      "ended with 3",
    );
    expect(await rows("deliveries", "--destination", "spare")).toEqual([]);
    expect(await folder.ok("deliveries", "--state", "dead")).toMatch(/dead +1 .*HANDLER_FAILED/);
    const shown = await folder.ok("deliveries", "show", dead?.id ?? "");
    expect(shown).toMatch(/^state +dead$/m);
    expect(shown).toMatch(/^1 .* failed +HANDLER_FAILED/m);
  });

  test("say whose they are, on each terminal", async () => {
    const at = (columns: string) =>
      folder.run(["deliveries", "--state", "dead"], { env: { COLUMNS: columns } });
    const wide = (await at("200")).out;
    expect(wide).toMatch(/^ID +SOURCE +TYPE +TO +STATE +TRIES +WHEN +REASON\n/);
    expect(wide).toMatch(
      /^[0-9a-f-]{36}\.note\.1 +shop +boom +note +dead +1 +20.* +HANDLER_FAILED/m,
    );
    expect((await at("80")).out).toMatch(
      /^SOURCE.*WHEN\nshop +boom +note +dead +1 +20[^\n]*\n {2}[0-9a-f-]{36}\.note\.1\n {2}HANDLER_FAILED.*\n$/,
    );
    expect((await at("40")).out).toMatch(
      /^id: [0-9a-f-]{36}\.note\.1\nsource: shop\ntype: boom\nto: note\nstate: dead\n/,
    );
    for (const columns of ["60", "80", "120"]) {
      const widths = (await at(columns)).out.split("\n").map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(Number(columns));
    }
    const [dead] = await rows("deliveries", "--state", "dead");
    expect(dead).toMatchObject({ source: "shop", type: "boom", destination: "note" });
  });

  test("one that is settled can't be cancelled; one that isn't there ends with 3", async () => {
    const [done] = await rows("deliveries", "--state", "delivered");
    const settled = await folder.run(["deliveries", "cancel", done?.id ?? ""]);
    expect(settled.code).toBe(1);
    expect(settled.out).toContain("is delivered. Only a delivery that waits");
    expect((await folder.run(["deliveries", "cancel", "a.b.1"])).code).toBe(3);
    expect((await folder.run(["deliveries", "show", "nothing"])).code).toBe(3);
  });
});

describe("a narrow terminal", () => {
  const at = async (columns: string, ...words: readonly string[]) => {
    const { out, err } = await folder.run(words, { env: { COLUMNS: columns } });
    return out + err;
  };
  /** But a label and one word that can't be broken, and the body as it came. */
  const tooWide = (text: string, columns: number): string[] =>
    text
      .split("\n")
      .filter((line) => line.length > columns && !line.startsWith('{"id"'))
      .filter((line) => !/^(?:[a-z' ]+: | *)(?:`[^`]+`|\S)+$/.test(line));
  const whole = (text: string): string => text.replaceAll(/\s+/g, " ");

  test("has no line that is too long, but for what can't be broken", async () => {
    const [dead] = await rows("deliveries", "--state", "dead");
    const [rejected] = await rows("requests", "--outcome", "rejected");
    const commands = [
      ["check"],
      ["events"],
      ["events", "--type", "no.such"],
      ["requests"],
      ["requests", "show", rejected?.id ?? ""],
      ["requests", "release", "--dry-run"],
      ["deliveries"],
      ["deliveries", "show", dead?.id ?? ""],
      ["deliveries", "cancel", dead?.id ?? ""],
      ["replay", "--type", "boom", "--dry-run"],
      ["replay", "--type", "boom"],
      ["resume", "note"],
      ["resume", "nowhere"],
      ["events", "--since", "soon"],
      ["send", "stripe", "no.such"],
      ["send", "shop", "x", "--url", "http://127.0.0.1:1"],
    ];
    const texts = await Promise.all(commands.map((words) => at("40", ...words)));
    for (const [index, text] of texts.entries()) {
      expect([commands[index], tooWide(text, 40)]).toEqual([commands[index], []]);
    }
  });

  test.each(["40", "80"])("of %s columns shows all of why a delivery failed", async (columns) => {
    const [dead] = await rows("deliveries", "--state", "dead");
    for (const words of [
      ["deliveries", "show", dead?.id ?? ""],
      ["events", "show", String(dead?.eventId)],
    ]) {
      const text = await at(columns, ...words);
      expect(whole(text).split(longReason)).toHaveLength(3);
      expect(text).not.toContain("…\n");
    }
  });
});

test("an id in a header is read as UTF-8", async () => {
  // Node would write headers and a text in one, as UTF-8.
  const body = Buffer.from('{"type":"order.named"}');
  const signature = createHmac("sha256", secrets.SHOP_SECRET).update(body).digest("hex");
  const id = Buffer.from("Bestellung-Ä✓", "utf8").toString("latin1");
  const headers = { "x-signature": signature, "idempotency-key": id };
  const sent = request(`${folder.url}/shop`, { method: "POST", headers }).end(body);
  const [response] = await once(sent, "response");
  expect(response.statusCode).toBe(200);
  response.resume();
  const [event] = await rows("events", "--provider-event-id", "Bestellung-Ä✓");
  expect(event).toMatchObject({ providerEventId: "Bestellung-Ä✓" });
  const shown = await folder.ok("events", "show", event?.id ?? "");
  expect(shown).toMatch(/sender's id +Bestellung-Ä✓/);
  expect(shown).toMatch(/idempotency-key: Bestellung-Ä✓/);
});

describe("a name", () => {
  test.each([
    [["events", "--source", "shob"], "shop"],
    [["events", "tail", "--source", "shob"], "shop"],
    [["requests", "--source", "shob"], "shop"],
    [["requests", "release", "--source", "shob"], "shop"],
    [["deliveries", "--destination", "not"], "note"],
    [["replay", "--source", "shob", "--dry-run"], "shop"],
    [["replay", "--source", "shop", "--to", "not"], "note"],
    [["pause", "not"], "note"],
    [["resume", "not"], "note"],
    [["send", "shob", "x"], "shop"],
    [["send", "stripe", "invoice.payed"], "invoice.paid"],
  ])("that there isn't ends with 3 and the one that was meant: %j", async (words, meant) => {
    const { code, out, err } = await folder.run(words);
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(err).toContain("[NOT_FOUND]");
    expect(err).toContain(`Did you mean "${meant}"?`);
  });

  test("that has left the config is still good for what the store has of it", async () => {
    const config = folder.write(
      "left.config.ts",
      `import { defineGateway, secret } from "surehook";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }) },
  destinations: {},
  routes: [],
});
`,
    );
    const by = ["--config", config];
    expect((await rows("events", "--source", "shop", ...by)).length).toBeGreaterThan(0);
    expect((await rows("requests", "--source", "shop", ...by)).length).toBeGreaterThan(0);
    expect((await rows("deliveries", "--destination", "note", ...by)).length).toBeGreaterThan(0);
    const paused = await folder.run(["resume", "note", ...by]);
    expect(paused).toMatchObject({ code: 1, out: "note is not paused.\n" });
    expect((await folder.run(["events", "--source", "tenants", ...by])).code).toBe(3);
    expect((await folder.run(["deliveries", "--destination", "spare", ...by])).code).toBe(3);
  });
});

test("a reader that has seen enough ends a command without a word", async () => {
  await folder.ok("send", "shop", "order.paid", "--count", "400", "--url", folder.url);
  const { err } = await folder.run(["events", "--limit", "400", "--json"], {
    meanwhile: async (child) => {
      if (child.stdout === null) return;
      await once(child.stdout, "data");
      child.stdout.destroy();
    },
  });
  expect(err).toBe("");
});

test("colour is for those who ask for it", async () => {
  const { out } = await folder.run(["events", "-n", "1"], { env: { FORCE_COLOR: "1" } });
  expect(out).toContain("\u001b[2mID");
  const plain = await folder.run(["events", "-n", "1"], {
    env: { FORCE_COLOR: "1", NO_COLOR: "1" },
  });
  expect(plain.out).not.toContain("\u001b");
});
