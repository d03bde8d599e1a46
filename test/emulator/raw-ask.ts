/** Questions to services whose clients nothing else here needs; the emulator asks who it is, not for a signature. */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { emulatorFacts } from "./facts.ts";

/** What is asked of a service: its answer's text. */
export async function rawAsk(
  service: string,
  ask: {
    readonly path?: string;
    readonly target?: string;
    readonly query?: string;
    readonly json?: object;
  },
): Promise<string> {
  const { endpoint, certFile, env } = emulatorFacts();
  const { hostname, port } = new URL(endpoint);
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const scope = `${env["AWS_ACCESS_KEY_ID"]}/${day}/us-east-1/${service}/aws4_request`;
  const { path = "/", target, query, json = {} } = ask;
  const form = "application/x-www-form-urlencoded";
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    "content-type": query === undefined ? "application/x-amz-json-1.1" : form,
    ...(target === undefined ? {} : { "x-amz-target": target }),
  };
  const isRead = target === undefined && query === undefined;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const method = isRead ? "GET" : "POST";
  const options = { hostname, port, path, method, headers, ca: readFileSync(certFile) };
  const sent = request(options, (answer) => {
    text(answer).then((body) => {
      if (answer.statusCode === 200) resolve(body);
      else reject(new Error(`${service} answered ${answer.statusCode}: ${body.slice(0, 300)}`));
    }, reject);
  });
  sent.on("error", reject);
  sent.end(isRead ? "" : (query ?? JSON.stringify(json)));
  return await promise;
}
