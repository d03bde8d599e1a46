/** A thread that copies the WAL into the database file, so that no commit waits for it. */
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

const { path } = workerData as { path: string };
const db = new DatabaseSync(path, { timeout: 0 });
db.exec("PRAGMA synchronous = NORMAL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 0");

parentPort?.on("message", (mode: "PASSIVE" | "RESTART" | "close") => {
  if (mode === "close") {
    db.close();
    parentPort?.close();
    return;
  }
  try {
    const row = db.prepare(`PRAGMA wal_checkpoint(${mode})`).get();
    const pending = Number(row?.["log"]) - Number(row?.["checkpointed"]);
    parentPort?.postMessage({ busy: row?.["busy"] !== 0, pending });
  } catch (error) {
    parentPort?.postMessage({ busy: true, pending: -1, error: String(error) });
  }
});
