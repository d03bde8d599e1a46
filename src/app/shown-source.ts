/** What is shown of a source where a config is looked at, and where it runs: whether it is on, and what to do where not. */
import type { Source } from "../core/settings.ts";
import type { SecretReader } from "./config.ts";
import { learnsNote } from "./learned-secrets.ts";
import { isOn } from "./secrets.ts";
import { isUnconfirmed, unconfirmedNote } from "./unconfirmed.ts";

/** A source as it is shown. */
export type ShownSource = {
  readonly name: string;
  readonly provider: string;
  readonly path: string;
  readonly on: boolean;
  readonly note?: string;
};

/** What is shown of a source, by the secrets of now. */
export function shownSource(source: Source, read: SecretReader): ShownSource {
  const on = isOn(source, read);
  const note = on ? onNote(source) : offNote(source);
  return {
    name: source.name,
    provider: source.provider.name,
    path: source.path.text,
    on,
    ...(note === undefined ? {} : { note }),
  };
}

function onNote(source: Source): string | undefined {
  const { unsigned, learns, secrets } = source;
  if (unsigned) return "accepts anything: unsigned";
  if (learns) return learnsNote;
  if (isUnconfirmed(source)) return unconfirmedNote;
  return typeof secrets === "function" ? "secrets by parameter" : undefined;
}

function offNote({ secrets }: Source): string {
  const names = typeof secrets === "function" ? [] : secrets.map(({ name }) => name);
  return `answers 503: set ${names.length === 0 ? "a secret" : names.join(" or ")}`;
}
