/** Why a request is refused, asked with all that the config and its secrets say today. */
import type { Diagnosis } from "../core/diagnose/cause.ts";
import { diagnose } from "../core/diagnose/diagnose.ts";
import type { LiveSource } from "../core/diagnose/look.ts";
import type { KeptRequest } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import type { LearnedSecret } from "../core/learned.ts";
import { receive } from "../core/receive.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { PathParams, Request } from "../core/types.ts";
import { asksOf, type Proof } from "../core/verify.ts";
import { KeyFetcher } from "../net/key-fetcher.ts";
import { type SecretReader, secretReader } from "./config.ts";
import type { LearnedStore } from "./learned-secrets.ts";
import { sourceOfKept } from "./operate.ts";
import { allProviders } from "./provider-facts.ts";
import { sourceSecrets } from "./secrets.ts";

/** A request that is held against a source. */
export type Examination = {
  readonly request: Request;
  readonly source: Source;
  /** The time by which it is judged. */
  readonly now: number;
};

/** What sources have learned, and what waits; without it neither is looked at. */
export type LearnedView = Pick<LearnedStore, "all">;

/** By what it is judged, beside the config: secrets of the environment where no other reader is given. */
export type Knowledge = {
  readonly learned?: LearnedView | undefined;
  readonly read?: SecretReader;
};

/**
 * Says why a source refuses a request, or that it doesn't. Throws KEYS_UNAVAILABLE where the sender's key
 * can't be had, and CONFIG_INVALID where what was learned can't be read.
 */
export async function examine(
  gateway: Gateway,
  what: Examination,
  { learned, read = secretReader() }: Knowledge = {},
): Promise<Diagnosis> {
  const { request, source, now } = what;
  const shown = await shownTo(gateway.sources, learned);
  const live = gateway.sources.map((one) => {
    const { source: each, secrets } = liveSource(one, request.params, read);
    const taken = shown.get(one)?.filter(({ state }) => state === "live") ?? [];
    return { source: each, secrets: [...secrets, ...taken] };
  });
  const secrets = live.find((one) => one.source === source)?.secrets ?? [];
  const proof: Proof = { secrets, now, publicUrl: gateway.publicUrl, secret: read };
  const asks = asksOf(receive(request, source), proof);
  const fetchKeys = () =>
    new KeyFetcher({ now: Date.now, secret: read }).fetch(asks, request.remoteAddress);
  const material = asks.length === 0 ? {} : { material: await fetchKeys() };
  return diagnose({
    request,
    source,
    proof: { ...proof, ...material },
    pending: shown.get(source)?.filter(({ state }) => state === "pending") ?? [],
    others: live.filter((one) => one.source !== source),
    providers: allProviders,
  });
}

/** As `examine`, of a request that was kept, as of its arrival. Throws NOT_FOUND where its source has left the config. */
export function examineKept(
  gateway: Gateway,
  { kept, body }: { readonly kept: KeptRequest; readonly body: Buffer },
  by: Knowledge = {},
): Promise<Diagnosis> {
  const source = sourceOfKept(gateway, kept);
  const request: Request = { ...kept, source: source.name, body };
  return examine(gateway, { request, source, now: kept.receivedAt }, by);
}

/** What was shown to each source that learns. */
async function shownTo(
  sources: readonly Source[],
  learned: LearnedView | undefined,
): Promise<ReadonlyMap<Source, readonly LearnedSecret[]>> {
  if (learned === undefined) return new Map();
  const learning = sources.filter(({ learns }) => learns);
  const lists = await Promise.all(
    learning.map(async (source) => [source, await learned.all(source.name)] as const),
  );
  return new Map(lists);
}

/** That the secrets of another source can't be told is no reason to say nothing of this one. */
function liveSource(source: Source, params: PathParams, read: SecretReader): LiveSource {
  try {
    return { source, secrets: sourceSecrets(read, Date.now)(source, params) ?? [] };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { source, secrets: [] };
  }
}
