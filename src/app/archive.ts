import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { archiveFolder, archiveNames, archiveRecord } from "../core/archive.ts";
import type { Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

const sweepMs = 30_000;
const sweepSize = 100;

/** Writes deliveries that died to files, one after another; what a crash left is found again. */
export class Archiver {
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: { readonly engine: Engine; readonly folder: string; readonly log: Log }) {
    this.#engine = options.engine;
    this.#folder = options.folder;
    this.#log = options.log;
    this.#timer = setInterval(() => this.wake(), sweepMs);
    this.wake();
  }

  /** Archives what has died since. */
  wake(): void {
    this.#running = this.#running.then(() => this.#sweep());
  }

  /** Ends after the file under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#isStopped = true;
    await this.#running;
  }

  async #sweep(): Promise<void> {
    try {
      for (;;) {
        const dead = await this.#engine.unarchived(sweepSize);
        for (const { id } of dead) {
          if (this.#isStopped) return;
          await this.#archive(id);
          await this.#engine.archived(id);
        }
        if (dead.length < sweepSize) return;
      }
    } catch (error) {
      this.#log.error({ error: messageOf(error) }, "could not archive; it is tried again");
    }
  }

  async #archive(deliveryId: string): Promise<void> {
    const delivery = await this.#engine.delivery(deliveryId);
    const event = delivery && (await this.#engine.event(delivery.eventId));
    if (delivery === undefined || event === undefined) return;
    const request = await this.#engine.request(event.requestId);
    const body = (await this.#engine.body(event.requestId)) ?? Buffer.alloc(0);
    const record = archiveRecord({
      event,
      delivery,
      attempts: await this.#engine.attempts(deliveryId),
      headers: request?.headers ?? [],
      body: body.subarray(event.start, event.end),
    });
    const owner = { jobId: event.id, destination: delivery.destination };
    const folder = join(this.#folder, archiveFolder(event));
    for (const name of archiveNames(event, delivery.destination)) {
      const path = join(folder, name);
      if (!(await isFreeFor(path, owner))) continue;
      await writeDurably(path, `${JSON.stringify(record, undefined, 2)}\n`);
      return;
    }
  }
}

/** Whether a file isn't there, or is an earlier death of the same event at the same destination. */
async function isFreeFor(
  path: string,
  owner: { readonly jobId: string; readonly destination: string },
): Promise<boolean> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return true;
  try {
    const found = JSON.parse(text) as Partial<typeof owner>;
    return found.jobId === owner.jobId && found.destination === owner.destination;
  } catch {
    return true;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  const file = await open(part, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}
