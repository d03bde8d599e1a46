/** Judges one destination of a gateway's definition. */
import * as z from "zod";
import type { DestinationDefinition, DestinationKind } from "./define.ts";
import {
  conflictMistakes,
  isGivenAs,
  type Misnamed,
  nameMistakes,
  optionsMistakes,
  ownOptions,
} from "./judge-part.ts";
import { type Mistake, readPart } from "./mistakes.ts";
import type { DestinationOutline, GatewayParts } from "./readable.ts";
import { patientRetry, type RetryPolicy, shortRetry } from "./retry.ts";
import type { Destination } from "./settings.ts";
import { destinationShape } from "./settings.ts";

/** A destination as far as it could be read; `value` only where nothing is wrong with it. */
export type JudgedDestination = {
  readonly value?: Destination;
  /** Its options as they are written, where something is wrong with them. */
  readonly part?: GatewayParts["misread"][number];
  readonly outline?: DestinationOutline;
  readonly mistakes: readonly Mistake[];
};

type Settings = z.output<z.ZodObject<typeof destinationShape>>;

/** Judges what is written under `destinations.<name>`. */
export function judgeDestination(name: string, given: unknown): JudgedDestination {
  const path = `destinations.${name}`;
  const wrongName = nameMistakes(name, path);
  if (!isGivenAs<DestinationDefinition | Misnamed<DestinationKind>>(given, "destination")) {
    return { mistakes: [...wrongName, noDestination(path)] };
  }
  const type = given.kind === "misnamed" ? given.meant : given.type;
  const noOptions = optionsMistakes(given.options, type?.name ?? "", path);
  if (noOptions.length > 0) return { mistakes: [...wrongName, ...noOptions] };
  const shape = { ...destinationShape, ...type?.settings };
  const read = readPart(type ? z.strictObject(shape) : z.looseObject(shape), given.options, path);
  const own = ownOptions(type?.settings ?? {}, given.options, destinationShape);
  const conflicts = conflictMistakes(path, type?.conflicts, own);
  const mistakes = [...wrongName, ...("mistakes" in read ? read.mistakes : []), ...conflicts];
  const headless = type !== undefined && type.carriesHeaders !== true;
  const outline = { name, path: own.most && type?.path?.(own.most), headless };
  if (mistakes.length > 0 || given.kind === "misnamed" || "mistakes" in read) {
    return {
      part: {
        name,
        options: given.options,
        readable: type && own.most && { type, options: own.most },
      },
      outline,
      mistakes,
    };
  }
  const options = read.data as Settings;
  return { value: toDestination({ name, type: given.type }, options), outline, mistakes };
}

function noDestination(path: string): Mistake {
  return {
    path,
    expected: "a destination, made by a function such as http() or code()",
    hint: `for example http({ url: "https://example.com/hooks" })`,
  };
}

function toDestination(
  { name, type }: Pick<Destination, "name" | "type">,
  options: Settings,
): Destination {
  const pacing = {
    concurrency: options.concurrency ?? type.concurrency,
    timeoutMs: (options.timeoutSeconds ?? 30) * 1000,
    retry: retryPolicyOf(options.retry),
  };
  return { name, type, options, pacing };
}

function retryPolicyOf(option: Settings["retry"]): RetryPolicy {
  if (option === undefined || option === "patient") return patientRetry;
  if (option === "short") return shortRetry;
  const base = option.attempts !== undefined && option.attempts <= 10 ? shortRetry : patientRetry;
  return {
    attempts: option.attempts ?? base.attempts,
    firstDelayMs: option.firstDelayMs ?? base.firstDelayMs,
    maxDelayMs: option.maxDelayMs ?? base.maxDelayMs,
    maxAgeMs:
      option.maxAgeHours === undefined ? patientRetry.maxAgeMs : option.maxAgeHours * 3_600_000,
    jitter: option.jitter ?? base.jitter,
  };
}
