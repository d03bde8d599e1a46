/** What there is to say of a provider, for people and programs: all of it is read from the provider itself. */
import type { Provider } from "../core/define.ts";
import type { PlainSetting } from "../core/plain-setting.ts";
import type { DedupeBasis, Evidence, ItemPlace, NamePlace, SchemeFacts } from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { providers } from "../providers/index.ts";
import * as list from "../providers/list/index.ts";
import { samplesOf } from "../providers/samples/index.ts";

/** The facts of a provider, flat and ready for JSON. */
export type ProviderSummary = {
  readonly name: string;
  readonly title: string;
  readonly docs: string;
  readonly evidence: Evidence;
  /** What it is imported as from `surehook/providers`. */
  readonly importedAs: string;
  /** Where the signature or token stands; absent where options say it. */
  readonly place?: SchemeFacts["place"];
  readonly algorithm?: string;
  /** What is signed, in order. */
  readonly signed?: string;
  /** The form of its secrets. */
  readonly key?: SchemeFacts["key"];
  /** Whether an instant is signed. */
  readonly dated?: boolean;
  readonly toleranceSeconds: number;
  readonly signsUrl: boolean;
  readonly assurance: "verified" | "authenticated";
  readonly notCovered?: string;
  readonly deadlineSeconds?: number;
  readonly retries?: boolean;
  readonly maxBodyBytes: number;
  readonly addresses?: string;
  readonly dedupe: {
    readonly by: DedupeBasis["by"] | "options";
    /** Where the id is; several places are one id together. */
    readonly id?: readonly ItemPlace[];
    /** Where it is in a request that is no batch, of a sender of batches. */
    readonly single?: NamePlace;
  };
  readonly type: readonly ItemPlace[];
  /** Types of which there are sample events. */
  readonly samples: readonly string[];
  /** Options that a source can't do without, beside path and secrets. */
  readonly needs: readonly NeededOption[];
};

/** An option that must be given, and what it is for. */
export type NeededOption = {
  readonly option: string;
  readonly kind: PlainSetting["kind"];
  readonly words: string;
};

const usualMaxBodyBytes = 10 * 1_048_576;
const usualToleranceSeconds = 300;

const exportNames = new Map(
  Object.entries(list).map(([exported, provider]) => [provider.name as string, exported]),
);

/** Every provider, in the order of the list. */
export const allProviders: readonly Provider[] = providers;

/** The facts of a provider. */
export async function summaryOf(provider: Provider): Promise<ProviderSummary> {
  const { name, title, docs, evidence, scheme, maxBodyBytes = usualMaxBodyBytes } = provider;
  const { notCovered, deadlineSeconds, retries, addresses } = provider;
  const { place, algorithm, signed, key, dated } = scheme ?? {};
  return {
    name,
    title,
    docs,
    evidence,
    importedAs: exportNames.get(name) ?? name,
    ...defined({ place, algorithm, signed, key, dated }),
    toleranceSeconds: provider.toleranceSeconds ?? usualToleranceSeconds,
    // What its options could say is asked of the provider as it is without any.
    signsUrl: provider.signsUrl?.({}) ?? false,
    assurance: provider.assurance ?? "verified",
    ...defined({ notCovered, deadlineSeconds, retries, addresses }),
    maxBodyBytes,
    dedupe: await dedupeOf(provider),
    type: (provider.batch ?? scheme)?.type ?? [],
    samples: (await samplesOf(provider)).types,
    needs: neededBy(provider),
  };
}

/** Of the generic provider its schema says none: which of three it is, its options say together. */
function neededBy({ settings = {} }: Provider): readonly NeededOption[] {
  return Object.entries(settings).flatMap(([option, one]) => {
    if (!("kind" in one) || one.optional) return [];
    return [{ option, kind: one.kind, words: one.words }];
  });
}

/** How repeats are recognised: as the provider itself says of an event that has an id where it should. */
async function dedupeOf(provider: Provider): Promise<ProviderSummary["dedupe"]> {
  const { scheme } = provider;
  const samples = await samplesOf(provider);
  if (scheme === undefined && samples.types.length === 0) return { by: "options" };
  const id = "0190a1b2c3d47e5f8a9b0c1d";
  const made = samples.make(samples.types[0] ?? "test", { id, now: 0 });
  const isForm = made instanceof URLSearchParams;
  const body = Buffer.from(isForm ? made.toString() : JSON.stringify(made));
  const query = scheme?.id && "query" in scheme.id ? `${scheme.id.query}=${id}` : "";
  const headers = scheme?.id && "header" in scheme.id ? [scheme.id.header, id] : [];
  const request = {
    id: "",
    source: "",
    receivedAt: 0,
    method: "POST",
    path: "/",
    query,
    params: {},
    headers,
    body,
    remoteAddress: "",
  };
  const found = provider.identify({ request, body, payload: () => parseJson(body), options: {} });
  const by = [found].flat()[0]?.dedupe.by ?? "content";
  if (by === "content") return { by };
  const single = scheme?.id;
  const { batch } = provider;
  return batch === undefined
    ? { by, ...defined({ id: single && [single] }) }
    : { by, id: batch.id, ...defined({ single }) };
}

/** The entries that are set. */
function defined<T extends object>(entries: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const set = Object.entries(entries).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

/** The lines of a config that make a source of a provider. */
export function configLines({
  name,
  importedAs,
  place,
  needs,
}: ProviderSummary): readonly string[] {
  const prefix = name.toUpperCase().replaceAll("-", "_");
  const secret = `${prefix}_SECRET`;
  const needed = needs.map(
    ({ option, kind }) => `, ${option}: ${placeholder(kind, prefix, option)}`,
  );
  const own = place === undefined && name === "hmac" ? `, header: "x-signature"` : needed.join("");
  const key = importedAs === name ? name : JSON.stringify(name);
  return [
    `import { ${importedAs} } from "surehook/providers";`,
    `${key}: ${importedAs}({ path: "/${name}"${own}, secrets: [secret("${secret}")] }),`,
  ];
}

/** What stands for a value that only a person knows. */
function placeholder(kind: NeededOption["kind"], prefix: string, option: string): string {
  if (kind === "flag") return "true";
  if (kind !== "secret") return '"…"';
  return `secret("${prefix}_${option.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}")`;
}

/** A place in words. */
export function placeWords(place: SchemeFacts["place"] | ItemPlace): string {
  if ("header" in place) return place.header;
  if ("query" in place) return `?${place.query}=`;
  if ("item" in place) return `${place.item} of each item`;
  if ("form" in place) return `${place.form} of the form`;
  return "field" in place ? `${place.field} of the body` : `${place.json} of the body`;
}

/** Places that say one thing together, in words. */
export function placesWords(places: readonly ItemPlace[]): string {
  const items = places.flatMap((place) => ("item" in place ? place.item : []));
  if (items.length < 2 || items.length < places.length) return places.map(placeWords).join(" and ");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)} of each item`;
}

/** The dedupe key in words. */
export function dedupeWords({ dedupe }: Pick<ProviderSummary, "dedupe">): string {
  const { by, id, single } = dedupe;
  const place = id === undefined ? "its id" : placesWords(id);
  const where = single === undefined ? place : `${place}, else ${placeWords(single)}`;
  if (by === "options") return "as its options say";
  if (by === "content") return "the content, for 60 s";
  return by === "id" ? where : `${where} and the content`;
}

/** The evidence in words. */
export function evidenceWords(evidence: Evidence): string {
  if (evidence.kind !== "docs") return `${evidence.kind}: ${evidence.source}`;
  return `docs: ${evidence.source}, ${evidence.readOn}: ${evidence.read}`;
}
