/** What Stripe's sample objects share. */
import type { SampleContext } from "../../core/types.ts";
import { epoch, type Thing, token } from "./sampler.ts";

/** An id of a prefix; one event's objects name each other by these. */
export function idOf(prefix: string, context: SampleContext): string {
  const isShort = prefix === "cus" || prefix === "si" || prefix === "prod" || prefix === "req";
  return `${prefix}_${isShort ? token(context).slice(-14) : token(context)}`;
}

/** Begins an object: its id, kind and date. All samples are of test mode. */
export function thing(prefix: string, object: string, context: SampleContext): Thing {
  return {
    id: idOf(prefix, context),
    object,
    created: epoch(context),
    livemode: false,
    metadata: {},
  };
}

/** Stripe writes what isn't set as null. */
export function unset(...names: readonly string[]): Thing {
  return Object.fromEntries(names.map((name) => [name, null]));
}

/** Where the sample's customer lives. */
export const address: Thing = {
  city: "Berlin",
  country: "DE",
  line1: "Torstraße 1",
  line2: null,
  postal_code: "10119",
  state: null,
};

/** The sample's customer. */
export const buyer = { email: "ada@example.com", name: "Ada Nwosu" } as const;
