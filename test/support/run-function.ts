/**
 * Runs one function of a config on an event from standard input, in a process that may be told to die at one of
 * its requests to AWS: before the first byte of it leaves, or when its answer is there.
 * `node run-function.ts <role> <config> [before|after] [n]`
 */
import { subscribe } from "node:diagnostics_channel";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const [role = "", config = "", when, at] = process.argv.slice(2);
let begun = 0;
const numbers = new WeakMap<object, number>();

subscribe("http.client.request.created", (message) => {
  begun += 1;
  numbers.set((message as { readonly request: object }).request, begun);
  if (when === "before" && begun === Number(at)) die();
});
subscribe("http.client.response.finish", (message) => {
  const number = numbers.get((message as { readonly request: object }).request);
  if (when === "after" && number === Number(at)) die();
});

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

const event = JSON.parse(await text(process.stdin));
const { default: gateway } = await import(pathToFileURL(config).href);
const functions = await import("../../src/app/lambda/index.ts");
type AnyFunction = (
  definition: typeof gateway,
) => (event: unknown, invocation: { getRemainingTimeInMillis: () => number }) => Promise<unknown>;

const run = functions[role as keyof typeof functions] as AnyFunction;
const answer = await run(gateway)(event, { getRemainingTimeInMillis: () => 10_000 });
process.stdout.write(`${JSON.stringify({ answer, requests: begun })}\n`);
process.exit(0);
