import type { AnyGateway } from "../../core/define.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { DeliveryRef, PushedEngine } from "../../core/pushed-engine.ts";
import type { ArchiveBucket } from "../../net/aws/archive.ts";
import { type DeadDelivery, deadDelivery } from "../dead-delivery.ts";
import { optionalVariable } from "./environment.ts";
import type { QueueAnswer, QueueEvent } from "./events.ts";
import { functionLog } from "./log.ts";
import { refsIn } from "./refs.ts";
import { early, judged, onAws, type Surroundings } from "./surroundings.ts";

/** Leases in a row that ended without a settlement, after which a delivery is taken to break its function. */
const mostLost = 3;

type Context = { readonly engine: PushedEngine; readonly bucket: ArchiveBucket; readonly log: Log };

/** Archives what died, and ends what the queue gave up. */
export function archiver(
  definition: AnyGateway,
  on: Surroundings = onAws(),
): (event: QueueEvent) => Promise<QueueAnswer> {
  const gateway = judged(definition);
  const log = on.log ?? functionLog();
  const opened = early(async () => ({
    engine: await on.openStore(gateway),
    bucket: on.archive(),
    log,
  }));
  return async ({ Records }) => {
    const context = await opened();
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        const ends = await Promise.all(refsIn(body).map((ref) => archiveOne(context, ref)));
        return ends.includes("failed") ? [{ itemIdentifier: messageId }] : [];
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
}

async function archiveOne(context: Context, ref: DeliveryRef): Promise<"done" | "failed"> {
  const { engine, bucket, log } = context;
  const { deliveryId } = ref;
  try {
    await giveUp(context, ref);
    const delivery = await engine.delivery(deliveryId);
    if (delivery?.state !== "dead") return "done";
    const dead = await deadDelivery(engine, deliveryId);
    if (dead !== undefined) await write(bucket, dead);
    await engine.archived(deliveryId);
    log.info({ delivery: deliveryId, reason: delivery.reason }, "archived");
    return "done";
  } catch (error) {
    log.error({ delivery: deliveryId, error: messageOf(error) }, "not archived; it comes again");
    return "failed";
  }
}

/**
 * Where the queue counts the attempts, three failed receives are the end. Else a receive fails by a fault of ours,
 * such as a table that was away: only what broke its function each time is ended, the rest the sweep brings again.
 */
async function giveUp({ engine }: Context, ref: DeliveryRef): Promise<void> {
  const isByQueue = optionalVariable("SUREHOOK_RETRIES") === "queue";
  const delivery = await engine.delivery(ref.deliveryId);
  const reason = isByQueue
    ? (delivery?.reason ?? "the queue gave up after its last receive")
    : `${mostLost} attempts in a row ended with their function`;
  await engine.giveUp(ref, { reason, lost: isByQueue ? 0 : mostLost });
}

async function write(bucket: ArchiveBucket, dead: DeadDelivery): Promise<void> {
  for (const name of dead.names) {
    const key = `${dead.folder}/${name}`;
    if (await bucket.create(key, dead.text)) return;
    if (dead.isOwn(await bucket.read(key))) return;
  }
}
