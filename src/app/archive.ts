import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { deadDelivery } from "./dead-delivery.ts";

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
    const dead = await deadDelivery(this.#engine, deliveryId);
    if (dead === undefined) return;
    const folder = join(this.#folder, dead.folder);
    for (const name of dead.names) {
      const path = join(folder, name);
      const there = await readFile(path, "utf8").catch(() => undefined);
      if (there !== undefined && !dead.isOwn(there)) continue;
      await writeDurably(path, dead.text);
      return;
    }
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
