import type { AnyGateway } from "../../core/define.ts";
import { messageOf } from "../../core/errors.ts";
import { clientWriter, connectedClients } from "../../net/aws/live.ts";
import { variable } from "./environment.ts";
import type { TopicEvent } from "./events.ts";
import { functionLog } from "./log.ts";

/** Clients that are written to at once. */
const atOnce = 50;

/** Sends what the topic brings to every live client: the bare payload. Who is gone is taken off the table. */
export function broadcaster(_: AnyGateway): (event: TopicEvent) => Promise<void> {
  const log = functionLog();
  const clients = connectedClients(variable("SUREHOOK_CONNECTIONS_TABLE"));
  const write = clientWriter(variable("SUREHOOK_CALLBACK_URL"));
  const send = async (connectionId: string, payloads: readonly Buffer[]): Promise<void> => {
    try {
      for (const payload of payloads) {
        if (!(await write(connectionId, payload))) return await clients.remove(connectionId);
      }
    } catch (error) {
      // The others have had it: to have the topic bring it again would double it there.
      log.warn({ error: messageOf(error) }, "a live client could not be sent to");
    }
  };
  return async ({ Records }) => {
    const payloads = Records.map(({ Sns }) => payloadOf(Sns));
    for await (const ids of clients.all()) {
      for (let at = 0; at < ids.length; at += atOnce) {
        await Promise.all(ids.slice(at, at + atOnce).map((id) => send(id, payloads)));
      }
    }
  };
}

function payloadOf({ Message, MessageAttributes }: TopicEvent["Records"][number]["Sns"]): Buffer {
  const isBase64 = MessageAttributes?.["encoding"]?.Value === "base64";
  return Buffer.from(Message, isBase64 ? "base64" : "utf8");
}
