/** What of a gateway's definition can be read and looked at, though other parts of it are wrong. */
import * as z from "zod";
import type { PathPattern } from "../kit/path-pattern.ts";
import type { Destination, Source } from "./settings.ts";
import { defaultRetentionDays, gatewayShape, names, sourceShape } from "./settings.ts";
import type { Route } from "./types.ts";

const { trustedProxies, tls } = gatewayShape.server.unwrap().shape;

/** Of the server's settings, those that the outside must bear out; what is wrong in form is left out. */
export const serverParts = z
  .object({ trustedProxies: trustedProxies.catch([]), tls: tls.catch(undefined) })
  .catch({ trustedProxies: [] });

/** Of a source's settings, those that are looked at whatever else is wrong; what is wrong in form is left out. */
export const sourceParts = z
  .object({
    path: sourceShape.path.optional().catch(undefined),
    secrets: sourceShape.secrets.catch(undefined),
    unsigned: sourceShape.unsigned.catch(undefined),
    dedupeSeconds: sourceShape.dedupeSeconds.catch(undefined),
    allowIps: sourceShape.allowIps.catch(undefined),
    schemas: sourceShape.schemas.catch(undefined),
  })
  .catch({});

/** For how long requests are kept, whatever else is wrong with the definition; the default where that is. */
export const retentionDays = z
  .object({ days: gatewayShape.retention.unwrap().shape.days })
  .catch({ days: defaultRetentionDays })
  .transform(({ days }) => days);

const readNames = names
  .transform((given) => [given].flat())
  .optional()
  .catch(undefined);

/** The names in a route, whatever else is wrong with it. */
export const routeNames = z
  .object({ from: readNames, to: readNames })
  .catch({ from: undefined, to: undefined });

/** What a source is held against others by, as far as it can be read. */
export type SourceOutline = {
  readonly name: string;
  readonly path: PathPattern | undefined;
  /** Undefined where its options leave it open. */
  readonly marks: readonly string[] | undefined;
  /** The title of a sender that signs the address that it was given. */
  readonly signsUrl: string | undefined;
};

/** What a destination is held against others by, as far as it can be read. */
export type DestinationOutline = {
  readonly name: string;
  /** The path that it takes on the gateway's server. */
  readonly path: string | undefined;
  /** Whether what it gets can carry no headers. */
  readonly headless: boolean;
};

/** What of a gateway can be looked at more closely, though other parts of it may be wrong. */
export type GatewayParts = {
  readonly sources: readonly Pick<
    Source,
    "name" | "secrets" | "unsigned" | "learns" | "allowIps" | "schemas" | "options"
  >[];
  readonly destinations: readonly Destination[];
  /** Destinations with mistakes: their options as they are written. */
  readonly misread: readonly (Pick<Destination, "name" | "options"> & {
    /** Its kind and the options of that kind's own, without those that are wrong, where these may be missing. */
    readonly readable: Pick<Destination, "type" | "options"> | undefined;
  })[];
  /** Sources with nothing wrong in themselves. */
  readonly judged: readonly Source[];
  /** Undefined in the place of those that can't be read. */
  readonly routes: readonly (Route | undefined)[];
  readonly server: z.output<typeof serverParts>;
};
