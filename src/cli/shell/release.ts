/** `requests release`: what was refused is verified again once the secret is right. */
import type { LearnedStore } from "../../app/learned-secrets.ts";
import { loadConfig } from "../../app/load-config.ts";
import { openLearned, type Release, releaseRequest } from "../../app/operate.ts";
import { type OperatorSecrets, operatorSecrets } from "../../app/operator-secrets.ts";
import type { Engine } from "../../core/engine.ts";
import { errors, GatewayError } from "../../core/errors.ts";
import type { Gateway } from "../../core/settings.ts";
import type { RejectionCode } from "../../core/types.ts";
import type { ExitCode } from "./faults.ts";
import { findRequest } from "./find.ts";
import { pagesOf } from "./listing.ts";
import { refuseUnknown } from "./names.ts";
import { type ConfigOption, type JsonOption, rangeOf } from "./options.ts";
import { counted } from "./printable.ts";
import { startProgress } from "./progress.ts";
import type { Shell } from "./shell.ts";
import { withStore } from "./store.ts";

type ReleaseOptions = ConfigOption &
  JsonOption & {
    readonly source?: string;
    readonly since?: number;
    readonly until?: number;
    readonly dryRun?: true;
  };

/** A source that has left the config makes each of its requests fail. */
const shownFailures = 5;

/** What became of one request; `failed`: it could not be judged, such as when its source is gone. */
type Released = { readonly requestId: string } & (
  | Release
  | { readonly kind: "failed"; readonly detail: string }
);

/** Releases the named requests, or all rejected ones that fit. 1 where one of them was not released. */
export async function release(
  shell: Shell,
  ids: readonly string[],
  options: ReleaseOptions,
): Promise<ExitCode> {
  const { gateway } = await loadConfig(options.config, shell.environment);
  return withStore(shell, async (engine) => {
    await refuseUnknown(engine, { source: options.source }, async () => gateway);
    const chosen = ids.length > 0 ? await inOrder(engine, ids) : await rejected(engine, options);
    const dryRun = options.dryRun === true;
    const learned = openLearned(engine, shell.environment);
    const { fault, ...proof } = await operatorSecrets(shell.environment);
    const results = await releaseAll(chosen, { engine, gateway, dryRun, learned, ...proof });
    if (options.json)
      shell.json({ ...countsOf(results), dryRun: options.dryRun === true, results });
    else show(shell, results, options);
    if (fault !== undefined && countsOf(results).stillRejected > 0) shell.hint(fault);
    return results.every(({ kind }) => isDone(kind)) ? 0 : 1;
  });
}

/** The named requests by their arrival, so that their events keep the sender's order. */
async function inOrder(engine: Engine, ids: readonly string[]): Promise<string[]> {
  const requests = await Promise.all([...new Set(ids)].map((id) => findRequest(engine, id)));
  return requests.sort((a, b) => a.receivedAt - b.receivedAt).map(({ id }) => id);
}

/** Collected before the first is released: a release changes the list that is read. */
async function rejected(engine: Engine, options: ReleaseOptions): Promise<string[]> {
  const { source } = options;
  const filter = {
    ...rangeOf(options),
    outcome: "rejected",
    oldestFirst: true,
    ...(source === undefined ? {} : { source }),
  } as const;
  const ids: string[] = [];
  for await (const page of pagesOf((part) => engine.requests(filter, part))) {
    ids.push(...page.map(({ id }) => id));
  }
  return ids;
}

type Releasing = Pick<OperatorSecrets, "read" | "keys"> & {
  readonly engine: Engine;
  readonly gateway: Gateway;
  readonly dryRun: boolean;
  readonly learned: LearnedStore;
};

async function releaseAll(ids: readonly string[], by: Releasing): Promise<Released[]> {
  const progress = startProgress(by.dryRun ? "verifying" : "releasing", ids.length);
  const results: Released[] = [];
  try {
    for (const requestId of ids) {
      results.push({ requestId, ...(await releaseOne(requestId, by)) });
      progress.advance(1);
    }
  } finally {
    progress.stop();
  }
  return results;
}

async function releaseOne(
  requestId: string,
  { engine, gateway, ...by }: Releasing,
): Promise<Release | { readonly kind: "failed"; readonly detail: string }> {
  try {
    return await releaseRequest(engine, gateway, { requestId, ...by });
  } catch (error) {
    const ofThisOne = ["NOT_FOUND", "KEYS_UNAVAILABLE"];
    if (!(error instanceof GatewayError) || !ofThisOne.includes(error.code)) throw error;
    return { kind: "failed", detail: error.message };
  }
}

function isDone(kind: Released["kind"]): boolean {
  return kind === "released" || kind === "duplicate";
}

function countsOf(results: readonly Released[]) {
  const count = (wanted: Released["kind"]): number =>
    results.filter(({ kind }) => kind === wanted).length;
  return {
    released: count("released"),
    duplicates: count("duplicate"),
    stillRejected: count("still-rejected"),
    notRejected: count("not-rejected"),
    handshakes: count("handshake"),
    failed: count("failed"),
  };
}

function show(
  { say, hint }: Shell,
  results: readonly Released[],
  { dryRun }: ReleaseOptions,
): void {
  if (results.length === 0) {
    hint("Nothing to release: no rejected request fits. See all with `surehook requests`.");
    return;
  }
  const counts = countsOf(results);
  const would = dryRun ? "would be released" : "released";
  say(`${counts.released} of ${counted(results.length, "request")} ${would}.`);
  if (counts.duplicates > 0)
    say(`${counted(counts.duplicates, "request")} told nothing new (duplicates).`);
  if (counts.notRejected > 0)
    say(`${counted(counts.notRejected, "request")} had not been rejected.`);
  if (counts.handshakes > 0) {
    say(`${counted(counts.handshakes, "handshake")}, of which no event can come.`);
    hint("  Have the sender ask again: it is answered now.");
  }
  if (counts.stillRejected > 0) say(`${counted(counts.stillRejected, "request")} still rejected:`);
  for (const [code, number] of rejectionCounts(results)) {
    say(`  ${number} × ${code}: ${errors[code].cause}`);
    hint(`  ${errors[code].remedy}`);
  }
  const failed = results.filter((result) => result.kind === "failed");
  if (counts.failed > 0) say(`${counted(counts.failed, "request")} could not be judged:`);
  for (const { detail } of failed.slice(0, shownFailures)) say(`  ${detail}`);
  if (failed.length > shownFailures)
    say(`  … and ${failed.length - shownFailures} more; --json has all.`);
}

function rejectionCounts(results: readonly Released[]): ReadonlyMap<RejectionCode, number> {
  const counts = new Map<RejectionCode, number>();
  for (const result of results) {
    if (result.kind !== "still-rejected") continue;
    counts.set(result.code, (counts.get(result.code) ?? 0) + 1);
  }
  return counts;
}
