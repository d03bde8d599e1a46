import * as z from "zod";
import type {
  CheckContext,
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
  DestinationOptions,
  Finding,
} from "../core/define.ts";
import { type IsolationOptions, isolationShape, standardMemoryMb } from "../core/isolation.ts";
import { moduleSource } from "../core/module-source.ts";
import type { OpenDestination } from "../core/types.ts";
import { openInline } from "./code-inline.ts";
import { type CodeModule, moduleAddress } from "./code-module.ts";
import { moduleFindings } from "./code-probe.ts";
import type { ChildStart, ModuleRef } from "./code-protocol.ts";
import { IsolatedCode } from "./isolated-code.ts";
import { unusable } from "./secret-ref.ts";

/** Options of `code()`, beside those of every destination. */
export type CodeOptions = DestinationOptions & IsolationOptions;

/** A user's module: a function that imports it, its address, or its path from the config. */
export type CodeSource<T = unknown> = (() => Promise<CodeModule<T>>) | string | URL;

const settings = {
  module: moduleSource.describe(
    "The module that exports handle(event, context); a path is from the config's folder.",
  ),
  ...isolationShape,
};

const schema = z.object(settings);

/**
 * Calls `handle(event, context)` of a module of yours; an event is delivered when that has ended without
 * throwing. The worker isolates from faults (loops, crashes, memory), not from malice.
 */
export function code<T = unknown>(
  module: CodeSource<T>,
  options: CodeOptions = {},
): DestinationDefinition {
  const own: CodeOptions & { readonly module: CodeSource<T> } = { module, ...options };
  return { kind: "destination", type: codeKind, options: own };
}

/** Code as a kind of destination. */
export const codeKind: DestinationKind = {
  name: "code",
  title: "Code",
  settings,
  target: "module",
  concurrency: 10,
  open: (options, context) => openCode(options, context),
  carriesHeaders: true,
  check: checkCode,
};

function openCode(options: unknown, context: DestinationContext): OpenDestination {
  const { module, isolation = "worker", memoryMb = standardMemoryMb } = schema.parse(options);
  if (isolation === "none") {
    if (typeof module === "function") return openInline(module, context);
    const url = addressOf(module, context);
    return openInline(() => import(url), context);
  }
  const start = startOf(module, context, memoryMb);
  const worker = new IsolatedCode(context, start);
  worker.warm();
  return worker;
}

function checkCode(options: unknown, context: CheckContext): Promise<readonly Finding[]> {
  const { module, memoryMb = standardMemoryMb } = schema.parse(options);
  return moduleFindings(context.name, startOf(module, context, memoryMb));
}

type GivenModule = z.output<(typeof settings)["module"]>;

function startOf(module: GivenModule, context: CheckContext, memoryMb: number): ChildStart {
  const prelude = context.workerPrelude ?? [];
  return { prelude, module: moduleRef(module, context), calls: "handle", memoryMb };
}

function moduleRef(module: GivenModule, context: CheckContext): ModuleRef {
  if (typeof module !== "function") return { kind: "address", url: addressOf(module, context) };
  if (context.configUrl !== undefined) {
    return { kind: "config", url: context.configUrl, destination: context.name };
  }
  throw unusable(
    context,
    "a function can't be taken into a worker without a config file to import; give the module's " +
      'address, code(new URL("./module.ts", import.meta.url)), or isolation: "none"',
  );
}

function addressOf(module: string | URL, context: CheckContext): string {
  const address = moduleAddress(module, context.configUrl);
  if (address !== undefined) return address;
  const instead = "give an absolute path, or a URL";
  throw unusable(context, `its module's path has no config file to start from; ${instead}`);
}
