/** Destinations in a function: opened at their first delivery, and as what they are on AWS. */
import type { AnyGateway, DestinationContext } from "../../core/define.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { PushedEngine } from "../../core/pushed-engine.ts";
import type { Destination, Gateway } from "../../core/settings.ts";
import type { OpenDestination } from "../../core/types.ts";
import { snsKind } from "../../destinations/sns.ts";
import { readParameters } from "../../net/aws/parameters.ts";
import { tokenShower } from "../../net/aws/secrets.ts";
import { historyOf } from "../history.ts";
import { sealedValues } from "../sealed-values.ts";
import { optionalVariable, type Resources, resourcesText, variable } from "./environment.ts";
import type { FunctionSecrets, Surroundings } from "./surroundings.ts";

/** The definition with the names of what the stack made in place of those that it gives. */
export async function withResources(definition: AnyGateway): Promise<AnyGateway> {
  const resources = optionalVariable("SUREHOOK_RESOURCES") ?? (await keptResources());
  const destinations = Object.entries(definition.destinations).map(([name, destination]) => {
    const options = { ...destination.options, ...resources[name] };
    return [name, { ...destination, options }] as const;
  });
  return { ...definition, destinations: Object.fromEntries(destinations) };
}

async function keptResources(): Promise<Resources> {
  const names = optionalVariable("SUREHOOK_RESOURCE_PARAMETERS");
  if (names === undefined) return {};
  const texts = await readParameters(names);
  return Object.fromEntries(texts.flatMap((text) => Object.entries(resourcesText.parse(text))));
}

/** What opens destinations. */
export type Opening = {
  readonly gateway: Gateway;
  readonly engine: PushedEngine;
  readonly secrets: FunctionSecrets;
  readonly log: Log;
} & Pick<Surroundings, "sealKey" | "local">;

/** A destination of the config with its door, opened once. Undefined where the config has none of that name. */
export type Destinations = (
  name: string,
) => Promise<{ readonly destination: Destination; readonly open: OpenDestination } | undefined>;

/** Opens destinations as deliveries come. One that can't be opened is tried again with the next. */
export function destinationsOf(opening: Opening): Destinations {
  const { gateway } = opening;
  const opened = new Map<string, Promise<OpenDestination>>();
  return async (name) => {
    const destination = gateway.destinations.find((one) => one.name === name);
    if (destination === undefined) return undefined;
    const known = opened.get(name) ?? openOnAws(destination, opening);
    opened.set(name, known);
    known.catch(() => opened.delete(name));
    return { destination, open: await known };
  };
}

/** Opens one destination. Throws CONFIG_INVALID where its settings lead nowhere. */
export async function openOnAws(
  destination: Destination,
  opening: Opening,
): Promise<OpenDestination> {
  const { type, options } = destination;
  const context = contextOf(destination, opening);
  switch (type.name) {
    // Live clients hang on an API of their own: a topic tells the function that sends to them.
    case "websocket":
      return snsKind.open(
        { topicArn: topicOf(destination, opening), attributes: { eventId: "{eventId}" } },
        context,
      );
    // The function is the module's own process.
    case "code":
      return type.open({ ...(options as object), isolation: "none" }, context);
    default:
      return type.open(options, context);
  }
}

/** On this machine a topic is a file, by the destination's name. */
function topicOf({ name }: Destination, { local }: Opening): string {
  return local === undefined
    ? variable("SUREHOOK_TOPIC_ARN")
    : `arn:aws:sns:us-east-1:000000000000:${name}`;
}

function contextOf(
  { name, pacing }: Destination,
  { engine, secrets, log, sealKey, local }: Opening,
): DestinationContext {
  return {
    name,
    timeoutMs: pacing.timeoutMs,
    concurrency: pacing.concurrency,
    secret: secrets.read,
    log: (text, fields = {}) => log.info({ destination: name, ...fields }, text),
    now: Date.now,
    publish: engine.publish,
    listen: engine.listen,
    history: historyOf(engine, name),
    values: sealedValues(engine, () => sealKey(secrets.read), `destinations.${name}`),
    ...shownTokens(name, log),
    local,
    configUrl: undefined,
  };
}

/** Where the function is told of Parameter Store, a token lies there too: by its end it starts the refresher. */
function shownTokens(name: string, log: Log): Pick<DestinationContext, "showToken"> {
  const prefix = optionalVariable("SUREHOOK_PARAMETER_PREFIX");
  if (prefix === undefined) return {};
  const show = tokenShower();
  return {
    showToken: ({ value, expiresAt }) =>
      show({ name: `${prefix}/${name}`, value, expiresAt }).catch((error: unknown) => {
        const fields = { destination: name, error: messageOf(error) };
        log.error(fields, "the token's parameter could not be written; the token itself is kept");
      }),
  };
}
