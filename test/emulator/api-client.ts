/** Posts to a deployed API by AWS's own names, though the emulator is where it is. */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { buffer } from "node:stream/consumers";
import { emulatorFacts } from "./facts.ts";

/** What came back. */
export type ApiAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** What is sent. */
export type ApiRequest = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
};

/** Sends a request to a path below an API's address. */
export async function call(
  apiUrl: string,
  path: string,
  { method = "POST", headers = {}, body = "" }: ApiRequest = {},
): Promise<ApiAnswer> {
  const { endpoint, certFile } = emulatorFacts();
  const api = new URL(apiUrl);
  const there = new URL(endpoint);
  const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
  const sent = request(
    {
      host: there.hostname,
      port: there.port,
      method,
      path: `${api.pathname.replace(/\/$/, "")}${path}`,
      headers: { ...headers, host: api.host, "content-length": Buffer.byteLength(body) },
      ca: readFileSync(certFile),
      // Its certificate is for the machine that it runs on.
      servername: "localhost",
    },
    (answer) => {
      buffer(answer).then((bytes) => {
        const { statusCode = 0, headers: received } = answer;
        resolve({ status: statusCode, headers: received, body: bytes.toString("utf8") });
      }, reject);
    },
  );
  sent.on("error", reject);
  sent.end(body);
  return await promise;
}
