/** A gateway with a source that takes anything, and live clients. */
import { type WebsocketOptions, websocket } from "../../src/destinations/index.ts";
import { hmac } from "../../src/providers/index.ts";
import { type LocalGateway, runHere } from "./in-process.ts";

/** It, and how to post to it. */
export type LiveGateway = LocalGateway & {
  /** Where live clients connect. */
  readonly live: string;
  /** Posts an event; our id of it, once it is kept. */
  readonly post: (body: string | Buffer, type?: string) => Promise<string>;
};

type Definition = Parameters<typeof runHere>[0];

/** Runs one; by default it is open. */
export async function runLive(
  options: Partial<WebsocketOptions> = {},
  more: Partial<Definition> & { readonly folder?: Parameters<typeof runHere>[1] } = {},
): Promise<LiveGateway> {
  const who = options.token === undefined ? { open: true as const } : {};
  const { folder, ...definition } = more;
  const gateway = await runHere(
    {
      sources: {
        any: hmac({
          path: "/in",
          header: "x-signature",
          unsigned: true,
          dedupeSeconds: 0,
          type: { header: "x-event-type" },
        }),
      },
      destinations: { screens: websocket({ path: "/live", ...who, ...options }) },
      routes: [{ to: "screens" }],
      server: { host: "127.0.0.1" },
      ...definition,
    },
    folder,
  );
  return {
    ...gateway,
    live: `ws://127.0.0.1:${gateway.port}/live`,
    post: async (body, type = "order.paid") => {
      const answer = await fetch(`${gateway.url}/in`, {
        method: "POST",
        headers: { "x-event-type": type },
        body: typeof body === "string" ? body : new Uint8Array(body),
      });
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      return ((await answer.json()) as { jobId: string }).jobId;
    },
  };
}
