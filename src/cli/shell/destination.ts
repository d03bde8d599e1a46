import { GatewayError } from "../../core/errors.ts";
import type { Destination, Gateway } from "../../core/settings.ts";
import { hintFor } from "../../kit/suggest.ts";

/** The destination of a name. Throws NOT_FOUND with a hint. */
export function destinationNamed({ destinations }: Gateway, name: string): Destination {
  const found = destinations.find((destination) => destination.name === name);
  if (found !== undefined) return found;
  const known = destinations.map((destination) => destination.name);
  const hint = hintFor(name, known);
  throw new GatewayError(
    "NOT_FOUND",
    `The config has no destination "${name}". ${hint.charAt(0).toUpperCase()}${hint.slice(1)}`,
  );
}
