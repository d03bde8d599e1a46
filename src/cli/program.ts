import { Command } from "commander";
import { addCheck } from "./check.ts";
import { addDeliveries } from "./deliveries.ts";
import { addEvents } from "./events.ts";
import { addPause } from "./pause.ts";
import { addReplay } from "./replay.ts";
import { addRequests } from "./requests.ts";
import { addResume } from "./resume.ts";
import { addSend } from "./send.ts";
import { tolerateBrokenPipe } from "./shell/broken-pipe.ts";
import { exitCodesText, reportFault } from "./shell/faults.ts";
import { ownVersion } from "./shell/invocation.ts";
import { helpColumns } from "./shell/terminal.ts";
import { addStart } from "./start.ts";

/** Runs a command line and sets the process's exit code. Faults are reported, never thrown. */
export async function runProgram(words: readonly string[]): Promise<void> {
  tolerateBrokenPipe();
  try {
    await program().parseAsync(words.length === 0 ? ["--help"] : words, { from: "user" });
  } catch (error) {
    process.exitCode = reportFault(error);
  }
}

function program(): Command {
  const root = new Command("surehook")
    .description("A webhook gateway: verifies, keeps, and delivers what senders post.")
    .version(ownVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureHelp({ minWidthToWrap: 16 })
    .configureOutput({
      outputError: () => undefined,
      getOutHelpWidth: helpColumns,
      getErrHelpWidth: helpColumns,
    })
    .addHelpText("afterAll", `\n${exitCodesText}`)
    .addHelpText("after", `\n${environmentText}`);
  const adders = [
    addStart,
    addCheck,
    addSend,
    addEvents,
    addRequests,
    addDeliveries,
    addReplay,
    addPause,
    addResume,
  ];
  for (const add of adders) add(root);
  return root;
}

const environmentText = `Environment:
  SUREHOOK_CONFIG     the config, where --config names none
  SUREHOOK_STORE      where events are kept (.surehook/surehook.db)
  SUREHOOK_PORT       the port, where --port does not say; before the config's
  SUREHOOK_LOG_LEVEL  debug, info, warn, error
  SUREHOOK_DEBUG      set: a fault is shown with its stack
  NO_COLOR            set: no colour`;
