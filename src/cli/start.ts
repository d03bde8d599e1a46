import { constants } from "node:os";
import type { Command } from "commander";
import { exit } from "../app/hold-exit.ts";
import { loadToRun, type ReadyConfig } from "../app/load-to-run.ts";
import type { OpenGateway, OpenOptions } from "../app/open-gateway.ts";
import type { Running } from "../app/serve.ts";
import { GatewayError } from "../core/errors.ts";
import { outliveReaders } from "./shell/broken-pipe.ts";
import {
  describeDestinations,
  describeRoutes,
  describeSources,
  doubtLines,
} from "./shell/describe.ts";
import { reportFault } from "./shell/faults.ts";
import { folded } from "./shell/fold.ts";
import { configWords } from "./shell/invocation.ts";
import { addConfig, type ConfigOption, wholeNumber } from "./shell/options.ts";
import { pasteLines } from "./shell/paste-lines.ts";
import { action, type Shell } from "./shell/shell.ts";
import { facts } from "./shell/table.ts";

/** How a gateway is run. */
export type StartOptions = ConfigOption & {
  readonly port?: number;
  readonly host?: string;
  readonly local?: true;
};

const loopback = "127.0.0.1";
/** A store that failed may never finish its close. */
const failedStopMs = 5_000;

/** Adds `surehook start`. */
export function addStart(program: Command): void {
  const command = program
    .command("start")
    .description("run the gateway until SIGTERM or SIGINT; logs are JSON lines on standard error");
  addStartOptions(command).action(
    action((shell, options: StartOptions) => runUntilStopped(shell, options)),
  );
}

/** Adds the options of a command that runs a gateway. */
export function addStartOptions(command: Command): Command {
  return addConfig(command)
    .option("-p, --port <port>", "the port to listen on; 0: any that is free", (text: string) =>
      wholeNumber(text, { least: 0, most: 65_535 }),
    )
    .option("--host <address>", "the address to listen on (default: as the config says)")
    .option(
      "--local",
      `listen on ${loopback} only; what AWS destinations get goes to the folder local beside the store`,
    );
}

/** What is done otherwise than `start` does it. */
export type RunWays = {
  readonly opening?: (options: OpenOptions) => Promise<OpenGateway>;
  /** Called when it listens and that is printed. */
  readonly listening?: (started: Started) => void;
};

/** Runs a gateway until a signal ends it, and the process with it. */
export async function runUntilStopped(
  shell: Shell,
  options: StartOptions,
  { opening, listening }: RunWays = {},
): Promise<undefined> {
  const [{ serve }, { letGoOfLoading }] = await Promise.all([
    import("../app/serve.ts"),
    import("../app/let-go.ts"),
  ]);
  const { environment } = shell;
  const host = hostOf(options);
  const config = await loadToRun(options.config, environment, { isLocal: options.local ?? false });
  const stopped = Promise.withResolvers<void>();
  const stopping = { running: undefined as Running | undefined };
  listenForSignals(() => {
    if (stopping.running === undefined) exit(0);
    stopping.running.stop().then(stopped.resolve, stopped.reject);
  });
  const serving = {
    config,
    environment,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(host === undefined ? {} : { host }),
    local: options.local ?? false,
  };
  letGoOfLoading();
  const running = await serve(serving, opening);
  stopping.running = running;
  outliveReaders();
  shell.print(...(await startLines(shell, { config, running })));
  listening?.({ config, running });
  const fault = await Promise.race([running.failed, stopped.promise]);
  if (fault !== undefined) await endFailed(running, fault);
  exit(0);
}

function hostOf({ host, local }: StartOptions): string | undefined {
  if (host !== undefined && local) {
    throw new GatewayError("USAGE", "--host and --local exclude each other. Give one of them.");
  }
  return local ? loopback : host;
}

/** The first signal drains; a second one ends the process at once. */
function listenForSignals(drain: () => void): void {
  let isDraining = false;
  for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(name, () => {
      if (isDraining) exit(128 + constants.signals[name]);
      isDraining = true;
      drain();
    });
  }
}

async function endFailed(running: Running, fault: GatewayError): Promise<never> {
  reportFault(fault);
  setTimeout(() => exit(1), failedStopMs);
  await running.stop().catch(() => undefined);
  exit(1);
}

/** A gateway that was started, and by which config. */
export type Started = {
  readonly config: ReadyConfig;
  readonly running: Running;
};

async function startLines(
  { terminal, environment }: Shell,
  { config, running }: Started,
): Promise<string[]> {
  const { paint } = terminal;
  const { gateway } = running;
  const sentence = (text: string): string => folded(text, terminal.columns);
  return [
    sentence(paint("strong", `Surehook listens at ${running.url}`) + elsewhere(running)),
    "",
    facts(
      [
        ["health", `${running.url}/health/ready`],
        ["config", config.path],
        ["store", running.store],
        ["local", localWords(running)],
      ],
      terminal,
    ),
    "",
    paint("strong", "Sources"),
    describeSources(running.sources, terminal),
    "",
    paint("strong", "Destinations"),
    describeDestinations(gateway.destinations, { address: running.url, terminal }),
    "",
    paint("strong", "Routes"),
    describeRoutes(gateway.routes, terminal),
    "",
    ...doubtLines(config.doubts).flatMap((line) => [sentence(paint("warn", line)), ""]),
    ...(await pasteLines({ running, configWords: configWords(config.path, environment), paint })),
  ];
}

function localWords({ localFolder }: Running): string | undefined {
  return localFolder && `${localFolder} (gets what AWS destinations would)`;
}

/** Nothing, where the one address that is listened on has been named. */
function elsewhere({ url, host }: Running): string {
  if (url.includes(host)) return "";
  return ` and at every other address of this machine (${host}); --host ${loopback} keeps it to this one`;
}
