import { Command } from "commander";
import { addAdd } from "./add.ts";
import { addCheck } from "./check.ts";
import { addDeliveries } from "./deliveries.ts";
import { addEvents } from "./events.ts";
import { addInit } from "./init.ts";
import { addInvoke } from "./invoke.ts";
import { addPause } from "./pause.ts";
import { addProviders } from "./providers.ts";
import { addReplay } from "./replay.ts";
import { addRequests } from "./requests.ts";
import { addResume } from "./resume.ts";
import { addSecrets } from "./secrets.ts";
import { addSend } from "./send.ts";
import { tolerateBrokenPipe } from "./shell/broken-pipe.ts";
import { asksForJson, reportFault } from "./shell/faults.ts";
import { environmentHelp, exitCodesHelp, helpConfiguration } from "./shell/help.ts";
import { ownVersion } from "./shell/invocation.ts";
import { helpColumns } from "./shell/terminal.ts";
import { addStart } from "./start.ts";
import { addToken } from "./token.ts";
import { addVerify } from "./verify.ts";

/** Runs a command line and sets the process's exit code. Faults are reported, never thrown. */
export async function runProgram(words: readonly string[]): Promise<void> {
  tolerateBrokenPipe();
  try {
    await program().parseAsync(words.length === 0 ? ["--help"] : words, { from: "user" });
  } catch (error) {
    process.exitCode = reportFault(error, { json: asksForJson(words) });
  }
}

/** Every command, as a tree. */
export function program(): Command {
  const root = new Command("surehook")
    .description("A webhook gateway: verifies, keeps, and delivers what senders post.")
    .version(ownVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureHelp(helpConfiguration)
    .configureOutput({
      outputError: () => undefined,
      getOutHelpWidth: helpColumns,
      getErrHelpWidth: helpColumns,
    })
    .addHelpText("afterAll", exitCodesHelp)
    .addHelpText("after", environmentHelp);
  const adders = [
    addStart,
    addCheck,
    addSend,
    addVerify,
    addProviders,
    addEvents,
    addRequests,
    addDeliveries,
    addReplay,
    addPause,
    addResume,
    addToken,
    addSecrets,
    addInvoke,
    addInit,
    addAdd,
  ];
  for (const add of adders) add(root);
  return root;
}
