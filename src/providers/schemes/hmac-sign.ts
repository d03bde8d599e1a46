import { GatewayError } from "../../core/errors.ts";
import type { Signed, SignInput } from "../../core/types.ts";
import { parseJson } from "../../kit/json-path.ts";
import { rawHeadersFrom } from "../../kit/raw-headers.ts";
import { digestOf } from "./hmac.ts";
import type { HmacPlan, RequestView } from "./hmac-plan.ts";
import { contentOf } from "./hmac-plan.ts";
import type { Selector } from "./hmac-settings.ts";
import { formatTimestamp } from "./timestamp.ts";

/** A request on its way to be signed. */
export type Draft = {
  readonly headers: Record<string, string>;
  readonly query: URLSearchParams;
  body: Buffer;
};

type Input = Omit<SignInput, "options">;

/**
 * Makes a request that `verify` accepts under the same plan. A timestamp or signature in the body is
 * set in it, so the body is written anew; any other field of it is left alone.
 */
export function signHmac(plan: HmacPlan, input: Input): Signed {
  const [conflict] = plan.conflicts;
  if (conflict) throw new GatewayError("USAGE", `Option ${conflict.option}: ${conflict.expected}.`);
  const key = plan.keyOf(input.secret);
  if (key === undefined) {
    throw new GatewayError("USAGE", "The secret is empty, or not in the form that `key` names.");
  }
  const draft = draftOf(plan, input);
  const content = contentOf(plan, viewOf(draft, input));
  if ("missing" in content) {
    throw new GatewayError("USAGE", `What is signed lacks ${content.missing}: give it.`);
  }
  const digest = plan.form.write(digestOf(plan.form, key, content.bytes));
  put(draft, plan.place, plan.prefix + digest);
  return {
    headers: draft.headers,
    ...(draft.body === input.body ? {} : { body: draft.body }),
    ...(draft.query.size === 0 ? {} : { query: draft.query.toString() }),
  };
}

/** Everything but the signature: what the plan reads later, first what is signed whatever it is. */
function draftOf(plan: HmacPlan, input: Input): Draft {
  const draft: Draft = { headers: {}, query: new URLSearchParams(), body: input.body };
  for (const part of plan.content) {
    if (typeof part !== "object") continue;
    if ("header" in part) put(draft, part, defaultHeader(part.header, input.id));
    else if ("query" in part) put(draft, part, input.id);
  }
  if (!("json" in plan.id)) put(draft, plan.id, input.id);
  if (plan.type && !("json" in plan.type)) put(draft, plan.type, input.type);
  if (plan.time && !("json" in plan.time.at)) {
    put(draft, plan.time.at, formatTimestamp(input.now, plan.time.unit));
  }
  if (plan.timestamp) {
    put(draft, plan.timestamp.at, formatTimestamp(input.now, plan.timestamp.unit));
  }
  return draft;
}

/** What a header that is signed has where nothing else is said. */
export function defaultHeader(name: string, id: string): string {
  return name === "content-type" ? "application/json" : id;
}

/** Puts a text, or a number into the body, at a place of the draft. */
export function put(draft: Draft, place: Selector, value: string | number): void {
  if ("header" in place) putHeader(draft.headers, place.header, String(value));
  else if ("query" in place) draft.query.set(place.query, String(value));
  else draft.body = withField(draft.body, place.json, value);
}

/** Once, whatever the case: two spellings would go out as one header of two values. */
function putHeader(headers: Record<string, string>, name: string, value: string): void {
  const known = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
  if (known !== undefined) delete headers[known];
  headers[name] = value;
}

function withField(body: Buffer, path: string, value: string | number): Buffer {
  const payload = parseJson(body);
  const steps = path.split(".");
  const last = steps.pop() as string;
  let at = asObject(payload);
  for (const step of steps) {
    if (!Object.hasOwn(at, step)) at[step] = {};
    at = asObject(at[step]);
  }
  at[last] = value;
  return Buffer.from(JSON.stringify(payload), "utf8");
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new GatewayError(
    "USAGE",
    "The signature or timestamp stands in the body: give a JSON object.",
  );
}

/** The draft as its verifier will see it. */
export function viewOf(draft: Draft, input: Pick<Input, "url">): RequestView {
  return {
    method: "POST",
    path: pathOf(input.url),
    url: input.url,
    headers: rawHeadersFrom(draft.headers),
    query: draft.query.toString(),
    body: draft.body,
    payload: () => parseJson(draft.body),
  };
}

/** The path as it is written in the address; `/` where there is no address. */
function pathOf(url: string | undefined): string {
  const afterHost = /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url ?? "")?.[1];
  return afterHost || "/";
}
