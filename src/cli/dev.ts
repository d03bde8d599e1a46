import type { Command } from "commander";
import { givenVariable } from "../app/config.ts";
import { type ExchangingGateway, openExchanging } from "../app/exchanging.ts";
import { findConfig } from "../app/find-config.ts";
import { freshModules } from "../app/fresh-modules.ts";
import { loadToRun } from "../app/load-to-run.ts";
import type { Gateway } from "../core/settings.ts";
import { doubtLines } from "./shell/describe.ts";
import { followRequests } from "./shell/dev-lines.ts";
import { offeredSamples, sampleLines, sendSample } from "./shell/dev-samples.ts";
import { reportFault } from "./shell/faults.ts";
import { configWords } from "./shell/invocation.ts";
import { addressWords } from "./shell/paste-lines.ts";
import { counted } from "./shell/printable.ts";
import { action, type Shell } from "./shell/shell.ts";
import { withStore } from "./shell/store.ts";
import { sightOf, watchConfig } from "./shell/watching.ts";
import { addStartOptions, runUntilStopped, type Started, type StartOptions } from "./start.ts";

/** Adds `surehook dev`. */
export function addDev(program: Command): void {
  const command = program
    .command("dev")
    .description(
      "run the gateway while you work on it: a line for each request and what became of it, samples to send, and the config read again when it changes",
    );
  addStartOptions(command).action(action(dev));
}

type Development = {
  readonly gateway: ExchangingGateway;
  readonly named: string | undefined;
  readonly baseUrl: string;
  readonly isLocal: boolean;
  /** The config of now. */
  config: { readonly gateway: Gateway };
};

async function dev(shell: Shell, options: StartOptions): Promise<undefined> {
  const path = findConfig(options.config ?? shell.environment.config);
  const seen = sightOf(path);
  const startedAt = Date.now();
  // What happens is told in words here; the log would tell it again.
  const logLevel = givenVariable("SUREHOOK_LOG_LEVEL") ?? "error";
  const own: Shell = { ...shell, environment: { ...shell.environment, logLevel } };
  let gateway: ExchangingGateway | undefined;
  return runUntilStopped(own, options, {
    opening: async (opening) => {
      gateway = await openExchanging(opening);
      return gateway;
    },
    listening: ({ config, running }) => {
      if (gateway === undefined) return;
      const state: Development = {
        gateway,
        named: options.config,
        baseUrl: running.url,
        isLocal: options.local ?? false,
        config,
      };
      offer(own, state, { config, running }).catch(reportFault);
      const { signal } = new AbortController();
      const changed = () => reload(own, state);
      const following = { gateway: () => state.config.gateway, startedAt, signal };
      Promise.all([
        watchConfig(path, seen, { changed, signal }),
        withStore(own, (engine) => followRequests(own, { ...following, engine })),
      ]).catch(reportFault);
    },
  });
}

/** Reads the config again. Where it has mistakes, or can't be opened, the one before goes on. */
async function reload(shell: Shell, state: Development): Promise<void> {
  const startedAt = performance.now();
  const { server } = state.config.gateway;
  freshModules();
  try {
    const config = await loadToRun(state.named, shell.environment, { isLocal: state.isLocal });
    const waited = await state.gateway.exchange(config);
    state.config = config;
    const took = Math.round(performance.now() - startedAt);
    const rest = waited === 0 ? "" : `; ${counted(waited, "request")} waited for it`;
    shell.say(`${shell.terminal.paint("strong", "Config reloaded")} in ${took} ms${rest}`);
    shell.say(...doubtLines(config.doubts));
    if (JSON.stringify(config.gateway.server) !== JSON.stringify(server)) {
      shell.hint("What it says of the server counts from the next start on.");
    }
  } catch (error) {
    reportFault(error, { isWatched: true });
    shell.hint(
      "It is read again when it is saved; until then the gateway goes on with the config before.",
    );
  }
}

/** Says which samples can be sent, and sends those whose key is pressed. */
async function offer(
  shell: Shell,
  state: Development,
  { config, running }: Started,
): Promise<void> {
  const { stdin } = process;
  const isTty = stdin.isTTY === true && shell.terminal.isTty;
  const words = [
    ...configWords(config.path, shell.environment),
    ...addressWords(running.url, config.gateway.server),
  ];
  shell.print("", ...sampleLines(await offeredSamples(config.gateway), { isTty, words }), "");
  if (!isTty) return;
  stdin.setRawMode(true);
  stdin.on("data", (keys) => {
    for (const key of String(keys)) press(shell, state, key).catch(reportFault);
  });
}

async function press(shell: Shell, { config, baseUrl }: Development, key: string): Promise<void> {
  // A terminal in raw mode makes no signal of Ctrl+C.
  if (key === "\u0003" || key === "q") {
    process.kill(process.pid, "SIGINT");
    return;
  }
  const sample = (await offeredSamples(config.gateway))[Number(key) - 1];
  if (sample !== undefined) {
    await sendSample(shell, sample, { gateway: config.gateway, baseUrl });
  }
}
