import { setTimeout as pause } from "node:timers/promises";
import type { AnyGateway } from "../../core/define.ts";
import { messageOf } from "../../core/errors.ts";
import { type EventHead, topicsOf } from "../../destinations/websocket-events.ts";
import type { ClientWires, ConnectedClient, ConnectedClients } from "../../net/aws/live.ts";
import type { TopicEvent } from "./events.ts";
import { frameOf, largestFrame } from "./live-frame.ts";
import { liveSurroundings } from "./live-surroundings.ts";
import { functionLog } from "./log.ts";
import type { Surroundings } from "./surroundings.ts";

/** Clients that are written to at once. */
const atOnce = 50;

/** An event as the topic brings it. */
type Told = { readonly head: EventHead; readonly bare: Buffer; readonly framed: Buffer };

type Context = { readonly clients: ConnectedClients; readonly wires: ClientWires };

/** Sends what the topic brings to every live client. Who is gone is taken off the table. */
export function broadcaster(
  _: AnyGateway,
  on: Pick<Surroundings, "live" | "log"> = {},
): (event: TopicEvent) => Promise<void> {
  const log = on.log ?? functionLog();
  const { clients, wires } = liveSurroundings(on);
  const send = async (client: ConnectedClient, told: readonly Told[]): Promise<void> => {
    try {
      for (const one of told) await show({ clients, wires }, client, one);
    } catch (error) {
      // The others have had it: to have the topic bring it again would double it there.
      log.warn({ error: messageOf(error) }, "a live client could not be sent to");
    }
  };
  const sendAll = async (list: readonly ConnectedClient[], told: readonly Told[]) => {
    for (let at = 0; at < list.length; at += atOnce) {
      await Promise.all(list.slice(at, at + atOnce).map((client) => send(client, told)));
    }
  };
  return async ({ Records }) => {
    const told = Records.map(({ Sns }) => toldBy(Sns));
    const tooLarge = told.filter(({ bare }) => bare.length > largestFrame);
    for (const { head, bare } of tooLarge) {
      log.warn({ event: head.id, bytes: bare.length }, "too large for clients of bare payloads");
    }
    const waitedFor: ConnectedClient[] = [];
    for await (const page of clients.all()) {
      const { opening = [], others = [] } = Object.groupBy(page, ({ state }) =>
        state === "opening" ? "opening" : "others",
      );
      waitedFor.push(...opening);
      await sendAll(others, told);
    }
    await sendAll(waitedFor, told);
  };
}

/** Sends an event to a client, by what it is at: held where it resumes, waited for while it may still say so. */
async function show(context: Context, client: ConnectedClient, told: Told): Promise<void> {
  const { clients, wires } = context;
  const { connectionId } = client;
  let now: ConnectedClient | undefined = client;
  while (now !== undefined) {
    switch (now.state) {
      case "bare":
      case "live":
        return await write(context, connectionId, bytesFor(now, told));
      case "resuming":
        if (await clients.hold(connectionId, told.head.id, Date.now())) return;
        // Whoever resumed it has died: it shall come again, by its last id.
        if (now.until <= Date.now()) return await wires.cut(connectionId);
        break;
      case "opening":
        await pause(Math.max(0, now.until - Date.now()));
        await clients.leaveOpening(connectionId);
        break;
      default:
        return now.state satisfies never;
    }
    now = await clients.get(connectionId);
  }
}

/** What a client gets of an event; undefined where it is nothing. */
function bytesFor({ state, types }: ConnectedClient, told: Told): Buffer | undefined {
  if (state === "bare") return told.bare.length > largestFrame ? undefined : told.bare;
  return types === undefined || topicsOf(types).fits(told.head.type) ? told.framed : undefined;
}

async function write(
  { clients, wires }: Context,
  connectionId: string,
  bytes: Buffer | undefined,
): Promise<void> {
  if (bytes === undefined) return;
  if (!(await wires.write(connectionId, bytes))) await clients.remove(connectionId);
}

function toldBy({ Message, MessageAttributes }: TopicEvent["Records"][number]["Sns"]): Told {
  const attribute = (name: string) => MessageAttributes?.[name]?.Value;
  const bare = Buffer.from(Message, attribute("encoding") === "base64" ? "base64" : "utf8");
  const [id = "", eventId] = [attribute("id"), attribute("eventId")];
  const head: EventHead = {
    id,
    // The topic names the sender's id, else ours.
    providerEventId: eventId === id ? undefined : eventId,
    source: attribute("source") ?? "",
    provider: attribute("provider") ?? "",
    type: attribute("type") ?? "",
    timestamp: attribute("timestamp") ?? "",
  };
  return { head, bare, framed: frameOf(head, bare) };
}
