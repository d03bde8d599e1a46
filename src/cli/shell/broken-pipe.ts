/**
 * A reader that has seen enough (`| head`) ends a command without a word. A gateway that runs goes on:
 * its start text is only for people.
 */
import { exit } from "../../app/hold-exit.ts";

let endsCommand = true;

/** From now on a closed standard output or error is no fault. */
export function tolerateBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (endsCommand) exit();
    });
  }
}

/** From now on the command outlives the readers of its output. */
export function outliveReaders(): void {
  endsCommand = false;
}
