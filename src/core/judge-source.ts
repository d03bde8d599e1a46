/** Judges one source of a gateway's definition; what is wrong in one option hides nothing of the others. */
import * as z from "zod";
import { pathPattern } from "../kit/path-pattern.ts";
import type { Provider, SourceDefinition } from "./define.ts";
import {
  conflictMistakes,
  isGivenAs,
  isMentioned,
  type Misnamed,
  nameMistakes,
  optionsMistakes,
  ownOptions,
} from "./judge-part.ts";
import { type Mistake, readPart } from "./mistakes.ts";
import { shapeOf } from "./plain-setting.ts";
import type { GatewayParts, SourceOutline } from "./readable.ts";
import { sourceParts } from "./readable.ts";
import { respondOf } from "./respond.ts";
import type { Source } from "./settings.ts";
import { sourceShape } from "./settings.ts";

const mebibyte = 1_048_576;

/** A source as far as it could be read; `value` only where nothing is wrong with its options. */
export type JudgedSource = {
  readonly value?: Source;
  readonly part?: GatewayParts["sources"][number];
  readonly outline?: SourceOutline;
  readonly mistakes: readonly Mistake[];
};

type SourceSettings = z.output<z.ZodObject<typeof sourceShape>>;
type Given = SourceDefinition | Misnamed<Provider>;
type WrittenOptions = Given["options"];

/** Judges what is written under `sources.<name>`. */
export function judgeSource(name: string, given: unknown, keptMs: number): JudgedSource {
  const path = `sources.${name}`;
  const wrongName = nameMistakes(name, path);
  if (!isGivenAs<Given>(given, "source")) return { mistakes: [...wrongName, noSource(path)] };
  const called = given.kind === "misnamed" ? "" : given.provider.name;
  const noOptions = optionsMistakes(given.options, called, path);
  if (noOptions.length > 0) return { mistakes: [...wrongName, ...noOptions] };
  const { secrets = [], unsigned = false, allowIps, schemas } = sourceParts.parse(given.options);
  const provider = given.kind === "misnamed" ? given.meant : given.provider;
  const ownShape = shapeOf(provider?.settings);
  const shape = { ...sourceShape, ...ownShape };
  const read = readPart(
    provider ? z.strictObject(shape) : z.looseObject(shape),
    given.options,
    path,
  );
  const ownRead = ownOptions(ownShape, given.options, sourceShape);
  const conflicts = conflictMistakes(path, provider?.conflicts, ownRead);
  const own = provider && ownRead.all;
  const learns = own ? (provider?.learns?.(own) ?? false) : false;
  const part = { name, secrets, unsigned, allowIps, learns, schemas, options: given.options };
  const mistakes = [
    ...wrongName,
    ...("mistakes" in read ? read.mistakes : []),
    ...conflicts,
    ...(learns ? learnMistakes(path, given.options) : secretsMistakes(name, given.options)),
    ...dedupeMistakes(path, given.options, keptMs),
    ...respondMistakes(path, provider, given.options),
  ];
  // What options that clash make of the source, such as its marks, says nothing.
  const marks = own && conflicts.length === 0 ? provider?.marks(own) : undefined;
  const outline = { name, marks, ...outlineOf(given.options, provider) };
  if (mistakes.length > 0 || given.kind === "misnamed" || "mistakes" in read) {
    return { part, outline, mistakes };
  }
  const settings = read.data as SourceSettings;
  return {
    value: toSource({ name, provider: given.provider, keptMs }, settings),
    part,
    outline,
    mistakes,
  };
}

/** Where it stands and whether it signs that, whatever else is wrong with the source. */
function outlineOf(
  options: WrittenOptions,
  provider: Provider | undefined,
): Pick<SourceOutline, "path" | "signsUrl"> {
  const { path, secrets, unsigned } = sourceParts.parse(options);
  const isJudged = unsigned !== true || (secrets?.length ?? 0) > 0;
  const signsUrl = isJudged && provider?.signsUrl?.(options) === true;
  return {
    path: path === undefined ? undefined : pathPattern(path),
    signsUrl: signsUrl ? provider?.title : undefined,
  };
}

function noSource(path: string): Mistake {
  return {
    path,
    expected: "a source, made by a provider",
    hint: `for example stripe({ path: "/webhooks/stripe", secrets: [secret("STRIPE_WEBHOOK_SECRET")] })`,
  };
}

function secretsMistakes(name: string, options: WrittenOptions): Mistake[] {
  const { unsigned } = sourceParts.parse(options);
  if (unsigned === true || isMentioned("secrets", options)) return [];
  const variable = `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_WEBHOOK_SECRET`;
  return [
    {
      path: `sources.${name}.secrets`,
      expected: "at least one secret, or unsigned: true to accept anything",
      hint: `secrets: [secret("${variable}")]`,
    },
  ];
}

/** What is learned belongs to a source: one tenant's sender must not prove itself to another. */
function learnMistakes(path: string, options: WrittenOptions): Mistake[] {
  const { path: address } = sourceParts.parse(options);
  if (address === undefined || pathPattern(address).names.length === 0) return [];
  return [
    {
      path: `${path}.path`,
      expected: "a path without parameters, since the source learns its secrets",
      hint: undefined,
    },
  ];
}

function dedupeMistakes(path: string, options: WrittenOptions, keptMs: number): Mistake[] {
  const { dedupeSeconds = 0 } = sourceParts.parse(options);
  if (dedupeSeconds * 1000 <= keptMs) return [];
  const most = Math.floor(keptMs / 1000);
  return [
    {
      path: `${path}.dedupeSeconds`,
      expected: `at most ${most}: a repeat is recognised while the first is kept`,
      hint: "raise retention.days",
    },
  ];
}

/** An answer is one event's. */
function respondMistakes(
  path: string,
  provider: Pick<Provider, "batch" | "title"> | undefined,
  options: WrittenOptions,
): Mistake[] {
  if (provider?.batch === undefined || !("respond" in options)) return [];
  const expected = `nothing: a request of ${provider.title} may tell several events, and has one answer`;
  return [{ path: `${path}.respond`, expected, hint: "remove it" }];
}

function toSource(
  { name, provider, keptMs }: Pick<Source, "name" | "provider" | "keptMs">,
  options: SourceSettings,
): Source {
  const rate = options.rateLimit;
  return {
    name,
    provider,
    path: pathPattern(options.path),
    secrets: options.secrets ?? [],
    unsigned: options.unsigned ?? false,
    learns: provider.learns?.(options) ?? false,
    toleranceSeconds: options.toleranceSeconds ?? provider.toleranceSeconds ?? 300,
    dedupeMs: options.dedupeSeconds === undefined ? undefined : options.dedupeSeconds * 1000,
    keptMs,
    maxBodyBytes: options.maxBodyBytes ?? provider.maxBodyBytes ?? 10 * mebibyte,
    allowIps: options.allowIps,
    rateLimit: rate && { tokens: rate.requests, perMs: rate.perSeconds * 1000 },
    overLimit: options.overLimit ?? (provider.retries ? "reject" : "accept"),
    schemas: options.schemas,
    authorizer: options.authorizer ?? false,
    respond:
      options.respond === undefined
        ? undefined
        : respondOf(options.respond, provider.deadlineSeconds),
    marks: provider.marks(options),
    options,
  };
}
