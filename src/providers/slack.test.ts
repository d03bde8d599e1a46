import { expect, it } from "vitest";
import { parseJson } from "../kit/json-path.ts";
import { requestOf } from "./conformance-requests.ts";
import { slack } from "./index.ts";

function typeOf(text: string, contentType: string): unknown {
  const body = Buffer.from(text);
  const request = requestOf({ headers: ["Content-Type", contentType], body });
  const told = slack.identify({ request, body, payload: () => parseJson(body), options: {} });
  return [told].flat().map(({ type, dedupe }) => [type, dedupe.by]);
}

const form = "application/x-www-form-urlencoded";

it("names a command by its word, and an interaction by its type", () => {
  const interaction = (payload: unknown) =>
    String(new URLSearchParams({ payload: JSON.stringify(payload) }));
  for (const [body, type] of [
    ["token=t&command=%2Fweather&text=94070&trigger_id=1", "/weather"],
    [interaction({ type: "block_actions", trigger_id: "1" }), "block_actions"],
    [interaction({ type: ["view_submission"] }), "unknown"],
    ["payload=%7B", "unknown"],
    ["ssl_check=1", "unknown"],
    ["command=", "unknown"],
    [`command=${"x".repeat(600)}`, "unknown"],
  ] as const) {
    expect(typeOf(body, form)).toEqual([[type, "content"]]);
  }
});

it("names an event as before, and takes no form for JSON", () => {
  const event = JSON.stringify({ event_id: "Ev1", event: { type: "message" }, command: "/x" });
  expect(typeOf(event, "application/json")).toEqual([["message", "id"]]);
  expect(typeOf("command=%2Fx", "application/json")).toEqual([["unknown", "content"]]);
});
