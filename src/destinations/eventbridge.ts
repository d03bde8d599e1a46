import { join } from "node:path";
import * as z from "zod";
import { pathSegment } from "../core/archive.ts";
import type { DestinationContext, DestinationDefinition, DestinationKind } from "../core/define.ts";
import type { OpenDestination, Parcel, SecretRef } from "../core/types.ts";
import {
  type AwsOptions,
  awsSettings,
  clientConfig,
  clientModule,
  openAws,
  overLargest,
  regionIn,
} from "./aws.ts";
import { awsFindings, awsForms, awsName } from "./aws-address.ts";
import { contentEncoding } from "./event-attributes.ts";
import { filled, happenedAt, templateText, templateWords } from "./event-template.ts";
import { openLines } from "./local-lines.ts";
import { failed, neededValue, refused } from "./sending.ts";

/** Options of `eventbridge()`, beside those of every destination. */
export type EventbridgeOptions = AwsOptions & {
  readonly bus?: string | SecretRef;
  readonly eventSource?: string;
  readonly detailType?: string;
};

const settings = {
  bus: awsName(awsForms.bus)
    .optional()
    .describe(
      "The bus, by name or ARN (default `default`). The detail is the event's JSON object; what isn't one is `{ encoding, body }`, with `encoding` `text` or `base64`. `resources` names our id, the source and the provider. Up to 1 MiB. Needs the rights to put events and to describe the bus.",
    ),
  eventSource: templateText
    .refine((text) => !text.startsWith("aws."), "a text that doesn't begin with aws.")
    .optional()
    .describe(`What rules see as \`source\` (default \`surehook.{source}\`). ${templateWords}`),
  detailType: templateText
    .optional()
    .describe("What rules see as `detail-type` (default `{type}`); of the same parts."),
  ...awsSettings,
};

const schema = z.object(settings);
type Settings = z.output<typeof schema>;

/** Puts events on an EventBridge bus. */
export function eventbridge(options: EventbridgeOptions = {}): DestinationDefinition {
  return { kind: "destination", type: eventbridgeKind, options };
}

/** Amazon EventBridge as a kind of destination. */
export const eventbridgeKind: DestinationKind = {
  name: "eventbridge",
  title: "Amazon EventBridge",
  settings,
  target: "bus",
  concurrency: 10,
  open: openEventbridge,
  check: async (options, context) => {
    const { bus: given = "default" } = schema.parse(options);
    const packages = ["@aws-sdk/client-eventbridge"];
    return awsFindings(context, [{ option: "bus", given, form: awsForms.bus }], packages);
  },
};

async function openEventbridge(
  options: unknown,
  context: DestinationContext,
): Promise<OpenDestination> {
  const given = schema.parse(options);
  const bus = neededValue(context, "bus", given.bus ?? "default");
  const entryOf = (parcel: Parcel) => entryFor(parcel, bus, given);
  if (context.local !== undefined) {
    const name = pathSegment(bus.split("/").at(-1) ?? bus);
    return openLines(context, join(context.local.folder, "eventbridge", `${name}.jsonl`), entryOf);
  }
  const sdk = await clientModule(
    "@aws-sdk/client-eventbridge",
    () => import("@aws-sdk/client-eventbridge"),
    context,
  );
  const region = given.region ?? regionIn(bus);
  const client = new sdk.EventBridgeClient(clientConfig({ ...given, region }, context));
  let isThere = bus === "default";
  return openAws(context, [client], async (parcel, abortSignal) => {
    const entry = entryOf(parcel);
    if ("kind" in entry) return entry;
    if (!isThere) {
      const look = new sdk.DescribeEventBusCommand({ Name: bus });
      await client.send(look, { abortSignal }).catch((error) => letUnseen(error, bus, context));
      isThere = true;
    }
    const command = new sdk.PutEventsCommand({ Entries: [entry] });
    // An entry may be refused in an answer that is otherwise a success.
    const { Entries = [] } = await client.send(command, { abortSignal });
    const { ErrorCode, ErrorMessage } = Entries[0] ?? {};
    if (ErrorCode === undefined) return { kind: "delivered" };
    return failed("DESTINATION_STATUS", `${ErrorCode}: ${ErrorMessage ?? "no reason given"}`);
  });
}

/**
 * PutEvents says that all is well for a bus that isn't there, and the events are gone
 * (https://github.com/aws/aws-sdk/issues/186): so the bus is looked for before the first. Where that
 * isn't allowed, as with another account's bus, the config has to be believed.
 */
function letUnseen(error: unknown, bus: string, context: DestinationContext): void {
  if (!(error instanceof Error && error.name === "AccessDeniedException")) throw error;
  context.log(
    "may not look whether its bus is there; were it not, EventBridge would lose the events",
    {
      bus,
    },
  );
}

const longestDetailType = 128;

function entryFor(parcel: Parcel, bus: string, given: Settings) {
  const { eventSource = "surehook.{source}", detailType = "{type}" } = given;
  const { event } = parcel;
  const [Source, DetailType] = [filled(eventSource, parcel), filled(detailType, parcel)];
  if (Source === undefined) return refused(`the event has no value for eventSource ${eventSource}`);
  if (DetailType === undefined)
    return refused(`the event has no value for detailType ${detailType}`);
  const Detail = detailOf(parcel);
  const Resources = [
    `surehook:event:${event.id}`,
    `surehook:source:${event.source}`,
    `surehook:provider:${event.provider}`,
  ];
  const size = [Source, DetailType, Detail, ...Resources].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  );
  return (
    overLargest(size) ?? {
      EventBusName: bus,
      Source,
      DetailType: DetailType.slice(0, longestDetailType),
      Detail,
      Resources,
      Time: new Date(happenedAt(parcel)),
    }
  );
}

/** The bytes as they are where they are a JSON object, which is all that a detail may be. */
function detailOf(parcel: Parcel): string {
  const { body } = parcel;
  const text = body.toString("utf8");
  const isText = Buffer.from(text, "utf8").equals(body);
  if (isText && isJsonObject(text)) return text;
  const encoding = isText ? "text" : "base64";
  const compression = contentEncoding(parcel);
  return JSON.stringify({
    encoding,
    ...(compression === undefined ? {} : { contentEncoding: compression }),
    body: isText ? text : body.toString("base64"),
  });
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
