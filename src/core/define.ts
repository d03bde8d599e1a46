/**
 * How providers, destinations and a gateway are written down. These functions only tie a shape
 * together; `settings.ts` judges what was written.
 */
import type { ZodRawShape } from "zod";
import type { History } from "./history.ts";
import type { OwnSettings } from "./plain-setting.ts";
import type { RespondOptions } from "./respond.ts";
import type { EventSchema } from "./schemas.ts";
import type {
  ModuleSource,
  OfOptions,
  OpenDestination,
  PathParams,
  ProviderFacts,
  RouteForm,
  SecretRef,
  SecretValue,
} from "./types.ts";

/** A secret of that name, from the environment variable or the file that `<NAME>_FILE` points to; read when used. */
export function secret(name: string, options: { readonly optional?: boolean } = {}): SecretRef {
  return { kind: "secret", name, optional: options.optional ?? false };
}

/** Which secrets are live: a list, or a function of the path's parameters (undefined: no such tenant). */
export type SecretsOption =
  | readonly SecretRef[]
  | ((params: PathParams) => readonly SecretRef[] | undefined);

/** What every source may set, whatever its provider. */
export type SourceOptions = {
  /** Where it listens; segments that begin with `:` are parameters. */
  readonly path: string;
  readonly secrets?: SecretsOption;
  /** Accept without any verification; must be said. */
  readonly unsigned?: boolean;
  readonly toleranceSeconds?: number;
  /** Seconds for which a repeat is recognised; 0: never. */
  readonly dedupeSeconds?: number;
  readonly maxBodyBytes?: number;
  /** Addresses and CIDR ranges that may post. */
  readonly allowIps?: readonly string[];
  readonly rateLimit?: { readonly requests: number; readonly perSeconds: number };
  readonly overLimit?: "reject" | "accept";
  /**
   * What events must look like, by type or type glob (a type of its own counts before globs, and of those
   * the first). What doesn't fit is kept as `invalid`, and goes nowhere.
   */
  readonly schemas?: Readonly<Record<string, EventSchema>>;
  /**
   * Deny with 403, before anything is read, a request whose `Authorization` is empty or `invalid`, or that
   * has neither one nor a header of its sender's signature. On AWS a Lambda authorizer does it.
   */
  readonly authorizer?: boolean;
  /**
   * Answers the sender by a module that exports `respond(event, context)`, once the event is stored; for
   * senders that want a computed answer (commands, interactions, calls).
   */
  readonly respond?: ModuleSource | RespondOptions;
};

/** Options that do not go together: the one to change, and what was expected of it. */
export type Conflict = {
  readonly option: string;
  readonly expected: string;
  /** The options that it follows from, whatever is wrong with others; all where it isn't said. */
  readonly from?: readonly string[];
};

/** What is wrong with an option, seen from what it leads to: a secret's value, a module. */
export type Finding = Omit<Conflict, "from"> & {
  readonly hint?: string;
  /** Whether it may come right by itself: no reason to refuse a start. */
  readonly mayPass?: boolean;
};

/** A provider: called, it makes a source; it carries `verify` and `sign`. */
export type Provider<Options = unknown> = ProviderFacts<Options> & {
  /** Options of its own, beside those of every source. */
  readonly settings?: OwnSettings;
  /** What is wrong with options that fit `settings` one by one, but not together. */
  readonly conflicts?: OfOptions<[options: Options], readonly Conflict[]>;
  /** Options that may have been meant, in words as they are written; to find out why a request fails. */
  readonly alternatives?: OfOptions<
    [options: Options],
    readonly { readonly words: string; readonly options: unknown }[]
  >;
};

/** A source as it is written down. */
export type SourceDefinition = {
  readonly kind: "source";
  readonly provider: Provider;
  readonly options: SourceOptions;
};

/** A provider as a function that makes sources. */
export type ProviderFunction<Options> = Provider<Options> &
  ((options: SourceOptions & Options) => SourceDefinition);

/** Makes a provider of its facts. Bundles leave out those that nobody uses. */
/* @__NO_SIDE_EFFECTS__ */
export function defineProvider<Options = object>(
  facts: Provider<Options>,
): ProviderFunction<Options> {
  const make = (options: SourceOptions & Options): SourceDefinition => ({
    kind: "source",
    provider,
    options,
  });
  const provider = Object.defineProperties(
    make,
    Object.getOwnPropertyDescriptors(facts),
  ) as ProviderFunction<Options>;
  return provider;
}

/** Small values that are kept encrypted, such as tokens; in the clear for who holds this. */
export type SealedValues = {
  /** A value and its version; `value` is undefined where it was sealed with another key. */
  readonly get: (
    name: string,
  ) => Promise<{ readonly value: Buffer | undefined; readonly version: number } | undefined>;
  /** Puts a value if its version is still `expected` (0: not there yet); false when it isn't. */
  readonly put: (name: string, value: Buffer, expected: number) => Promise<boolean>;
};

/** What a destination gets when it is opened. */
export type DestinationContext = {
  readonly name: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** The live value of a secret; undefined where an optional one is missing. */
  readonly secret: (ref: SecretRef) => SecretValue | undefined;
  /** One line of log with fields; never secrets or payloads. */
  readonly log: (text: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly now: () => number;
  /** What the destination keeps for itself, shared by all instances. */
  readonly values: SealedValues;
  /** Set where a token is shown to others than this destination, such as in Parameter Store. Never rejects. */
  readonly showToken?: (token: {
    readonly value: string;
    readonly expiresAt: number;
  }) => Promise<void>;
  /** Tells who listens, on all instances; not durable. */
  readonly publish: (topic: string, text: string) => Promise<void>;
  /** Listens until the returned function is called. */
  readonly listen: (topic: string, listener: (text: string) => void) => () => void;
  readonly history: History;
  /**
   * Set where a gateway runs on one machine without its cloud (`surehook start --local`): destinations of
   * cloud services then keep events below this folder. Never set because credentials are missing.
   */
  readonly local?: { readonly folder: string } | undefined;
  /** Address of the config module, for destinations that load user code in a process of its own. */
  readonly configUrl: string | undefined;
  /** Addresses of modules that such a process imports first, for hooks that hold in one process only. */
  readonly workerPrelude?: readonly string[];
};

/** What a destination gets when it is only looked at. A secret that can't be read is undefined here. */
export type CheckContext = Pick<
  DestinationContext,
  "name" | "secret" | "configUrl" | "workerPrelude"
> & {
  /** Whether the gateway runs without its cloud. */
  readonly isLocal?: boolean;
};

/** What a kind of destination is; its settings are described once, and validation, masking, CLI and docs come from that. */
export type DestinationKind<Options = unknown> = {
  readonly name: string;
  readonly title: string;
  /** Its options beside those of every destination. */
  readonly settings: ZodRawShape;
  /** The option that says where it leads, as it is shown. */
  readonly target?: string;
  /** Deliveries in flight at once where the config doesn't say. */
  readonly concurrency: number;
  readonly open: (
    options: Options,
    context: DestinationContext,
  ) => OpenDestination | Promise<OpenDestination>;
  /** What is wrong with options that fit `settings` one by one, but not together. */
  readonly conflicts?: (options: Options) => readonly Conflict[];
  /** Whether a delivery has headers, such as hold the attributes of a CloudEvent in binary form. */
  readonly carriesHeaders?: boolean;
  /** The path that it takes on the gateway's server, for live clients. */
  readonly path?: (options: Options) => string;
  /** Looks at what the options lead to, without opening; secrets that are missing aren't its to tell. */
  readonly check?: (options: Options, context: CheckContext) => Promise<readonly Finding[]>;
};

/** What every destination may set. */
export type DestinationOptions = {
  readonly timeoutSeconds?: number;
  readonly concurrency?: number;
  /** `patient`: three days (the default). `short`: 3 attempts from 2000 ms. Or exactly. */
  readonly retry?:
    | "patient"
    | "short"
    | {
        readonly attempts?: number;
        readonly firstDelayMs?: number;
        readonly maxDelayMs?: number;
        readonly maxAgeHours?: number;
        readonly jitter?: "full" | "none";
      };
};

/** A destination as it is written down. */
export type DestinationDefinition = {
  readonly kind: "destination";
  readonly type: DestinationKind;
  readonly options: DestinationOptions;
};

/** A route as it is written down; names are checked by the compiler. */
export type RouteDefinition<S extends string = string, D extends string = string> = {
  readonly from?: S | readonly S[];
  readonly types?: readonly string[];
  readonly to: D | readonly D[];
  /** In which form events go out; the first route that names a destination for an event counts. */
  readonly form?: RouteForm;
  /** In place of a form: a module that exports `transform(event, context)`. */
  readonly transform?: ModuleSource;
};

/** The server's settings. */
export type ServerOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
  /** Proxies whose `X-Forwarded-For` is believed: addresses, CIDR ranges, or `loopback`, `private`. */
  readonly trustedProxies?: readonly string[];
};

/** Bounds that protect the process. */
export type LimitOptions = {
  /** Bytes of bodies being received or waiting for their commit, over all sources. */
  readonly inFlightBytes?: number;
  readonly headerTimeoutSeconds?: number;
  readonly bodyTimeoutSeconds?: number;
  /** Seconds that a stop waits for what is under way. */
  readonly drainSeconds?: number;
  /** Rejected requests kept per source, and of those per address. */
  readonly rejectedPerSource?: number;
  readonly rejectedPerAddress?: number;
};

/** A gateway as it is written down in `surehook.config.ts`. */
export type GatewayDefinition<
  S extends Readonly<Record<string, SourceDefinition>> = Readonly<Record<string, SourceDefinition>>,
  D extends Readonly<Record<string, DestinationDefinition>> = Readonly<
    Record<string, DestinationDefinition>
  >,
> = {
  /** The address that senders were given, without a path. */
  readonly publicUrl?: string | undefined;
  readonly sources: S;
  readonly destinations: D;
  readonly routes: readonly RouteDefinition<keyof S & string, keyof D & string>[];
  readonly server?: ServerOptions;
  readonly limits?: LimitOptions;
  /** How long requests and settled events are kept. */
  readonly retention?: { readonly days?: number };
  /** Where deliveries that died are written. */
  readonly archive?: { readonly folder?: string };
};

/** Any definition, whatever the names in it: one of certain names is no `GatewayDefinition` of other names. */
export type AnyGateway = Omit<GatewayDefinition, "routes"> & {
  readonly routes: readonly RouteDefinition[];
};

/** The one definition of a gateway; the default export of `surehook.config.ts`. */
export function defineGateway<
  const S extends Readonly<Record<string, SourceDefinition>>,
  const D extends Readonly<Record<string, DestinationDefinition>>,
>(definition: GatewayDefinition<S, D>): GatewayDefinition<S, D> {
  return definition;
}
