import { matchesGlob } from "../kit/glob.ts";
import type { PlannedDelivery } from "./engine.ts";
import type { At } from "./receive.ts";
import type { Route } from "./types.ts";
import type { Validated, ValidatedEvent } from "./validate.ts";

/** An event with the deliveries it owes. */
export type RoutedEvent = ValidatedEvent & { readonly deliveries: readonly PlannedDelivery[] };

/** Validated events with what each owes to whom. */
export type Routed = At<"routed"> &
  Omit<Validated, keyof At<string> | "events"> & { readonly events: readonly RoutedEvent[] };

/** Stage 5: plans which destinations get which events. An invalid event goes nowhere. */
export function route(validated: Validated, routes: readonly Route[]): Routed {
  const { request, source, assurance, secretName } = validated;
  const events: readonly RoutedEvent[] = validated.events.map((event) => ({
    ...event,
    deliveries:
      event.validity === "valid"
        ? destinationsFor(routes, source.name, event.type).map(planned)
        : [],
  }));
  return { request, source, assurance, secretName, events } as Routed;
}

/** The destinations that the routes name for a source and type, each once, in the config's order. */
export function destinationsFor(
  routes: readonly Route[],
  source: string,
  type: string,
): readonly string[] {
  const found: string[] = [];
  for (const route of routes) {
    if (!matchesRoute(route, source, type)) continue;
    for (const name of route.to) if (!found.includes(name)) found.push(name);
  }
  return found;
}

/** Whether what goes by a route goes out as it came. */
export function isRaw({ form = "raw", transform }: Route): boolean {
  return form === "raw" && transform === undefined;
}

/** Whether a route takes events of a source and type. */
export function matchesRoute({ from, types }: Route, source: string, type: string): boolean {
  if (from !== undefined && !from.includes(source)) return false;
  return types === undefined || types.some((glob) => matchesGlob(glob, type));
}

function planned(destination: string): PlannedDelivery {
  return { destination };
}
