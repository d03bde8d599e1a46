/** The pictures in the examples' READMEs, drawn from the constructs that each of them deploys. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack, Token } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnTopic, Topic } from "aws-cdk-lib/aws-sns";
import { CfnQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { IConstruct } from "constructs";
import { Surehook } from "surehook/cdk";
import { LivePayments } from "../../examples/live-payments/live-payments.ts";
import { PaymentsArchive } from "../../examples/payments-archive/payments-archive.ts";
import { StripeCustomers } from "../../examples/stripe-customers/stripe-customers.ts";
import { StripeToSalesforce } from "../../examples/stripe-to-salesforce/stripe-to-salesforce.ts";
import { gatewayFromFile } from "../../src/app/json-gateway.ts";
import type { GatewayFunction } from "../../src/cdk/gateway-function.ts";
import type { Plan } from "../../src/cdk/plan.ts";
import { exampleFolder } from "./example-files.ts";

const root = join(import.meta.dirname, "..", "..");
const suffix = "dev";
const common = { entry: "surehook.config.ts", environmentSuffix: suffix };

const examples: Readonly<Record<string, (app: App) => Stack>> = {
  "handlers-on-lambda": generatedStack,
  "live-payments": (app) => new LivePayments(app, "Live", common),
  "payments-archive": (app) => new PaymentsArchive(app, "Archive", common),
  "stripe-customers": (app) => new StripeCustomers(app, "Customers", common),
  "stripe-to-salesforce": (app) =>
    new StripeToSalesforce(app, "Salesforce", {
      ...common,
      stripeSecretsName: "secrets",
      environment: {},
    }),
};

/** The stack of a generated project is in a module that deploys it: so what it makes of the config is made here. */
function generatedStack(app: App): Stack {
  const stack = new Stack(app, "Webhooks");
  const entry = join(root, exampleFolder, "config/webhooks.json");
  const queues = { queue: new Queue(stack, "Work") };
  const topics = { topic: new Topic(stack, "Notices") };
  const existing = { queues, topics };
  new Surehook(stack, "Gateway", { gateway: gatewayFromFile(entry), entry, existing });
  return stack;
}

/** Each example's README with its picture as the code is now, by its path in the repository. */
export function picturedReadmes(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(examples).map(([name, make]) => {
      const path = `examples/${name}/README.md`;
      // Nothing is bundled for a picture.
      const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
      return [path, withPicture(readFileSync(join(root, path), "utf8"), gatewayIn(make(app)))];
    }),
  );
}

const begin = "<!-- Drawn from the code by `node scripts/write-docs.ts`. -->";
const end = "<!-- Until here. -->";

function withPicture(text: string, gateway: Surehook): string {
  const [before, rest = ""] = text.split(begin);
  const [, after] = rest.split(end);
  if (after === undefined) throw new Error("A README has no place for its picture.");
  const lines = ["flowchart LR", ...linesOf(gateway).map((line) => `    ${line}`)];
  return `${before}${begin}\n\`\`\`mermaid\n${lines.join("\n")}\n\`\`\`\n${end}${after}`;
}

function gatewayIn(stack: Stack): Surehook {
  const found = stack.node.children.find((child) => child instanceof Surehook);
  if (found === undefined) throw new Error("An example has no gateway.");
  return found;
}

function linesOf(gateway: Surehook): string[] {
  return [
    ...doorLines(gateway),
    ...flowLines(gateway),
    ...destinationLines(gateway),
    ...liveLines(gateway),
    ...tokenLines(gateway),
  ];
}

/** From the senders to the receiver. */
function doorLines({ plan, edge, functions }: Surehook): string[] {
  const doors = [
    ...(edge.distribution === undefined ? [] : ["cdn[CloudFront]"]),
    ...(edge.firewall === undefined ? [] : ["firewall[firewall]"]),
    "api[API Gateway]",
  ];
  const [first = ""] = doors[0]?.split("[") ?? [];
  return [
    ...plan.gateway.sources.map(
      ({ name, provider, path }) =>
        `${idOf("from", name)}["${provider.title}"] -->|"${path.text}"| ${first}`,
    ),
    [...doors, `receiver[${labelOf(functions.receiver, "receiver")}]`].join(" --> "),
    ...(functions.authorizer === undefined ? [] : ["api <-->|judges heads| authorizer"]),
  ];
}

/** From the receiver to the consumer, and what is behind those two. */
function flowLines({ flow, functions }: Surehook): string[] {
  const { maxReceiveCount } = flow.queue.deadLetterQueue ?? {};
  const queue = childOf(flow.queue, CfnQueue).visibilityTimeout;
  return [
    "receiver -->|keeps| kept[(table)]",
    `receiver -->|wakes| bus[EventBridge] --> queue["SQS, ${queue} s"] --> consumer[${labelOf(functions.consumer, "consumer")}]`,
    "consumer <-->|claims, settles| kept",
    "sweeper -->|what waits| queue",
    `queue -->|${maxReceiveCount} receives| dead[dead-letter queue] --> archiver --> archive[(bucket)]`,
  ];
}

/** Where the routes lead, but to live clients. */
function destinationLines({ plan }: Surehook): string[] {
  return plan.gateway.destinations
    .filter(({ type }) => type.name !== "websocket")
    .map(({ name, type }) => {
      const table = plan.tables.find(({ destination }) => destination === name);
      const shape = table === undefined ? `["${type.title}: ${name}"]` : `[("${table.name}")]`;
      const label = labelsOf(plan, name).join(", ");
      return `consumer -->${label === "" ? "" : `|"${label}"|`} ${idOf("to", name)}${shape}`;
    });
}

/** Which events a destination gets; nothing where it gets all. */
function labelsOf({ gateway }: Plan, destination: string): string[] {
  const labels = gateway.routes
    .filter(({ to }) => to.includes(destination))
    .map(({ types, from }) => types ?? (gateway.sources.length > 1 ? from : undefined));
  const some = labels.filter((label) => label !== undefined);
  return some.length < labels.length ? [] : [...new Set(some.flat())];
}

function liveLines({ live, functions }: Surehook): string[] {
  if (live === undefined || functions.broadcaster === undefined) return [];
  const name = withoutSuffix(childOf(live.topic, CfnTopic).topicName ?? "SNS");
  const broadcaster = labelOf(functions.broadcaster, "broadcaster");
  return [
    `consumer --> topic[${name}] --> broadcaster[${broadcaster}] --> sockets[WebSocket API] --> clients`,
    `sockets -->|who comes and goes| live[${labelOf(functions.live, "live")}] --> connected[(who is there)]`,
    "broadcaster <--> connected",
  ];
}

function tokenLines({ tokens }: Surehook): string[] {
  if (tokens === undefined) return [];
  return [
    "consumer -->|shows a new token| parameter[(Parameter Store)]",
    "parameter -->|it ends soon| rule[EventBridge] --> refresher --> parameter",
  ];
}

/** A name of its own for each part: mermaid knows some words by itself. */
function idOf(kind: "from" | "to", name: string): string {
  return `${kind}_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}`;
}

/** The name that a function is given, or what it is for. */
function labelOf(one: GatewayFunction | undefined, role: string): string {
  const name = one && childOf(one.function, CfnFunction).functionName;
  // Without one CloudFormation names it.
  return name === undefined || Token.isUnresolved(name) ? role : withoutSuffix(name);
}

function withoutSuffix(name: string): string {
  return name.replace(`-${suffix}`, "");
}

function childOf<T>({ node }: IConstruct, kind: abstract new (...given: never[]) => T): T {
  const { defaultChild } = node;
  if (defaultChild instanceof kind) return defaultChild;
  throw new Error(`${node.path} is no ${kind.name}.`);
}
