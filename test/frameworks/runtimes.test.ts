/** `verify` alone in other runtimes, from the bundle that an application would make, and how much that weighs. */
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Provider } from "../../src/core/define.ts";
import * as providers from "../../src/providers/list/index.ts";
import { load, packagesFolder } from "./frameworks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const mostBytes = 15_000;
const now = 1_700_000_000_000;
const url = "https://example.com/hooks?shop=1";
const body = '{"id":"evt_1","type":"thing.made","text":"grüße"}';

type Sent = {
  readonly provider: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
};

const byName = new Map<string, Provider>(Object.entries(providers));

/** Senders of each kind: HMAC in hex and in base64, with a date, Standard Webhooks, a key pair, a token. */
const sent: readonly Sent[] = [
  ...["stripe", "github", "shopify", "slack", "standardWebhooks", "paddle", "gitlab"].map(signedBy),
  byDiscord(),
];

function signedBy(name: string): Sent {
  const secret =
    name === "standardWebhooks" ? `whsec_${Buffer.alloc(24, 3).toString("base64")}` : "a secret";
  const provider = byName.get(name) as Provider;
  const given = { body: Buffer.from(body), secret, now, options: {}, url };
  const { headers } = provider.sign({ ...given, id: "msg_1", type: "thing.made" });
  return { provider: name, secret, headers };
}

function byDiscord(): Sent {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const at = String(now / 1000);
  const signature = signBytes(null, Buffer.from(at + body), privateKey).toString("hex");
  const secret = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const headers = { "X-Signature-Ed25519": signature, "X-Signature-Timestamp": at };
  return { provider: "discord", secret, headers };
}

const program = `
import { verify } from "surehook";
import * as providers from "surehook/providers";
export async function judgeAll(sent, { url, now, body }) {
  const results = [];
  for (const { provider, secret, headers } of sent) {
    for (const text of [body, body + " "]) {
      const request = new Request(url, { method: "POST", headers, body: text });
      const result = await verify(providers[provider], request, { secrets: [secret], now });
      results.push(provider + " " + (result.code ?? result.assurance + " " + result.events[0].type));
    }
  }
  return results;
}
`;

const expected = sent.flatMap(({ provider }) =>
  provider === "gitlab"
    ? ["gitlab authenticated thing.made", "gitlab authenticated thing.made"]
    : [expect.stringMatching(`^${provider} verified `), `${provider} INVALID_SIGNATURE`],
);

/** The package by its sources, as it is published. */
const sources: Plugin = {
  name: "sources",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^surehook$/ }, () => ({
      path: join(root, "src/index.ts"),
      sideEffects: false,
    }));
    onResolve({ filter: /^surehook\/providers$/ }, () => ({
      path: join(root, "src/providers/index.ts"),
      sideEffects: false,
    }));
  },
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-runtimes-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Where the bundle is, and of which files something is in it. */
async function bundle(
  contents: string,
  name: string,
): Promise<{ readonly outfile: string; readonly inputs: readonly string[] }> {
  const outfile = join(folder, name);
  const { metafile } = await build({
    stdin: { contents, resolveDir: root },
    plugins: [sources],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    outfile,
    metafile: true,
    absWorkingDir: root,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  return { outfile, inputs: inputs.map(([path]) => path) };
}

const input = JSON.stringify([sent, { url, now, body }]);

async function script(): Promise<string> {
  const { outfile: module } = await bundle(program, "judge.mjs");
  const path = join(folder, "run.mjs");
  const line = `import { judgeAll } from ${JSON.stringify(pathToFileURL(module).href)};
console.log(JSON.stringify(await judgeAll(...${input})));\n`;
  writeFileSync(path, line);
  return path;
}

function run(binary: string, ...words: string[]): unknown {
  const { stdout, stderr, status } = spawnSync(binary, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${binary} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function packaged(path: string): string {
  return join(packagesFolder, "node_modules", path);
}

describe("verify alone", () => {
  test("judges alike under Node.js", async () => {
    expect(run(process.execPath, await script())).toEqual(expected);
  });

  test("judges alike under Bun", async () => {
    expect(run(packaged("@oven/bun-linux-x64/bin/bun"), await script())).toEqual(expected);
  });

  test("judges alike under Deno", async () => {
    const deno = packaged("@deno/linux-x64-glibc/deno");
    expect(run(deno, "run", "--no-config", "--quiet", await script())).toEqual(expected);
  });

  test("judges alike under workerd", async () => {
    const worker = `${program}
export default {
  fetch: async (request) => Response.json(await judgeAll(...(await request.json()))),
};`;
    const { Miniflare } = await load("miniflare");
    const flare = new Miniflare({
      modules: true,
      script: readFileSync((await bundle(worker, "worker.mjs")).outfile, "utf8"),
      compatibilityDate: "2026-04-01",
      compatibilityFlags: ["nodejs_compat"],
    });
    const answer = await flare.dispatchFetch("http://127.0.0.1/", { method: "POST", body: input });
    const text: string = await answer.text();
    await flare.dispose();
    expect(JSON.parse(text)).toEqual(expected);
  });
});

/** Their options are checked by zod. The same sender as data, by declareProvider, has none of it. */
const heavy = ["hmac", "paypal", "square"];
const light = Object.keys(providers).filter((name) => !heavy.includes(name));

describe("what an application bundles", () => {
  test.each([["stripe"], ["github"], ["shopify"], ["standardWebhooks"], ["discord"], ["twilio"]])(
    "for %s is below 15 KB compressed, with nothing of the others",
    async (name) => {
      const contents = `export { verify } from "surehook"; export { ${name} } from "surehook/providers";`;
      const { outfile, inputs } = await bundle(contents, `${name}.mjs`);
      expect(gzipSync(readFileSync(outfile), { level: 9 }).length).toBeLessThan(mostBytes);
      const others = inputs.filter((path) => /^src\/providers\/[^/]+\.ts$/.test(path));
      expect(others.filter((path) => !path.endsWith("index.ts"))).toHaveLength(1);
    },
  );

  test("for any provider but three that have options has no zod", async () => {
    const contents = `export { verify } from "surehook"; export { ${light.join(", ")} } from "surehook/providers";`;
    const { inputs } = await bundle(contents, "light.mjs");
    expect(inputs.filter((path) => path.includes("node_modules"))).toEqual([]);
  });
});
