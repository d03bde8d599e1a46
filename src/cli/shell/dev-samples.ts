/** Samples that `surehook dev` offers: keys that send one, or commands to paste where no key can be read. */
import { secretReader } from "../../app/config.ts";
import { loadSamples, signedSample, sourceNamed } from "../../app/sample.ts";
import { isOn } from "../../app/secrets.ts";
import type { Gateway, Source } from "../../core/settings.ts";
import { invocation, quoted } from "./invocation.ts";
import { postAll } from "./posting.ts";
import { printable } from "./printable.ts";
import type { Shell } from "./shell.ts";

/** A sample that can be sent. */
export type OfferedSample = { readonly source: string; readonly type: string };

/** Keys 1 to 9. */
const mostOffered = 9;
/** A type where a sender has no samples: it gets a plain body. */
const anyType = "order.created";

/** Samples of the sources that are on: the first of each source, then the second, up to nine. */
export async function offeredSamples(gateway: Gateway): Promise<readonly OfferedSample[]> {
  const read = secretReader();
  const on = gateway.sources.filter(
    (source) => source.path.names.length === 0 && isOn(source, read),
  );
  const lists = await Promise.all(
    on.map(async (source) =>
      (await typesOf(source)).map((type) => ({ source: source.name, type })),
    ),
  );
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const rounds = Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list[at] ?? []),
  );
  return rounds.flat().slice(0, mostOffered);
}

/** What is printed of the samples: keys, or commands with the words that follow `send`. */
export function sampleLines(
  samples: readonly OfferedSample[],
  { isTty, words }: { readonly isTty: boolean; readonly words: readonly string[] },
): readonly string[] {
  if (samples.length === 0) return [];
  if (!isTty) {
    const lines = samples.map(
      ({ source, type }) =>
        `  ${[invocation(), ...["send", source, type, ...words].map(quoted)].join(" ")}`,
    );
    return ["Samples to send", ...lines];
  }
  const keys = samples.map(({ source, type }, at) => `  ${at + 1}  ${source} ${type}`);
  return ["Press a key to send a signed sample, q to end", ...keys];
}

/** Sends one; what came back is printed by who follows the requests, but for what can't be seen there. */
export async function sendSample(
  shell: Shell,
  { source, type }: OfferedSample,
  { gateway, baseUrl }: { readonly gateway: Gateway; readonly baseUrl: string },
): Promise<void> {
  const read = secretReader();
  const samples = await loadSamples(sourceNamed(gateway, source));
  const make = () =>
    signedSample({ gateway, source, samples, type, read, baseUrl, now: Date.now() });
  const [answer] = await postAll(make, { count: 1 });
  if (answer?.status === 200 || answer === undefined) return;
  shell.say(`${source} ${type}: ${answer.status ?? "no answer"} ${printable(answer.body)}`);
}

async function typesOf(source: Source): Promise<readonly string[]> {
  const { types } = await loadSamples(source);
  return types.length > 0 ? types : [anyType];
}
