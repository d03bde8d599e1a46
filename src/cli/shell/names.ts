/**
 * Names of sources and destinations that people give. One that has left the config may still have
 * rows in the store, which stay readable: only a name that neither knows is refused.
 */
import type { Reading } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Destination, Gateway, Source } from "../../core/settings.ts";
import { adviceFor } from "../../kit/suggest.ts";
import { fullPage, type ReadPage } from "./listing.ts";

/** Names as options give them. */
type Names = {
  readonly source?: string | undefined;
  readonly destination?: string | undefined;
};

/** The destination of a name, of those in the config. Throws NOT_FOUND with a hint. */
export function destinationNamed({ destinations }: Gateway, name: string): Destination {
  const found = destinations.find((destination) => destination.name === name);
  if (found !== undefined) return found;
  throw new GatewayError(
    "NOT_FOUND",
    `The config has no destination "${name}". ${adviceFor(name, namesOf(destinations))}`,
  );
}

/** The source of a name, of those in the config. Throws NOT_FOUND with a hint. */
export function sourceNamed({ sources }: Gateway, name: string): Source {
  const found = sources.find((source) => source.name === name);
  if (found !== undefined) return found;
  throw new GatewayError(
    "NOT_FOUND",
    `The config has no source "${name}". ${adviceFor(name, namesOf(sources))}`,
  );
}

/** Refuses a name that neither config nor store knows. The config is read only where a name was given. Throws NOT_FOUND. */
export async function refuseUnknown(
  engine: Reading,
  { source, destination }: Names,
  gatewayOf: () => Promise<Gateway | undefined>,
): Promise<void> {
  if (source === undefined && destination === undefined) return;
  const gateway = await gatewayOf();
  if (source !== undefined) {
    const names = gateway && namesOf(gateway.sources);
    const isKept = (): Promise<boolean> => isAny((page) => engine.requests({ source }, page));
    await refuseUnless(isKept, { kind: "source", name: source, names });
  }
  if (destination !== undefined) {
    const names = gateway && namesOf(gateway.destinations);
    const isKept = async (): Promise<boolean> =>
      (await engine.pauses()).some((pause) => pause.destination === destination) ||
      isAny((page) => engine.deliveries({ destination }, page));
    await refuseUnless(isKept, { kind: "destination", name: destination, names });
  }
}

async function refuseUnless(
  isKept: () => Promise<boolean>,
  wanted: {
    readonly kind: "source" | "destination";
    readonly name: string;
    /** Undefined where there is no config, or none that can be read. */
    readonly names: readonly string[] | undefined;
  },
): Promise<void> {
  const { kind, name, names } = wanted;
  if (names?.includes(name) || (await isKept())) return;
  throw new GatewayError(
    "NOT_FOUND",
    names === undefined
      ? `The store knows no ${kind} "${name}". There is no config here that could be read: name it with --config.`
      : `Neither the config nor the store knows a ${kind} "${name}". ${adviceFor(name, names)}`,
  );
}

function namesOf(named: readonly { readonly name: string }[]): string[] {
  return named.map(({ name }) => name);
}

async function isAny<T>(read: ReadPage<T>): Promise<boolean> {
  return (await fullPage(read, { limit: 1 })).items.length > 0;
}
