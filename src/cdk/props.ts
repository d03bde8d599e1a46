import type { Duration } from "aws-cdk-lib";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import type { ITable, Table } from "aws-cdk-lib/aws-dynamodb";
import type { EventBus, IEventBus } from "aws-cdk-lib/aws-events";
import type { Architecture } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Bucket, IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic, Topic } from "aws-cdk-lib/aws-sns";
import type { IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { AnyGateway } from "../core/define.ts";
import type { FunctionRole } from "./gateway-function.ts";
import type { SecretPlace } from "./secret-places.ts";

/**
 * Resources that are there already, by the names of the destinations that use them. (Both forms of a type:
 * under `exactOptionalPropertyTypes` the classes don't fit their own interfaces.)
 */
export type ExistingResources = {
  readonly tables?: Readonly<Record<string, ITable | Table>>;
  readonly buckets?: Readonly<Record<string, IBucket | Bucket>>;
  readonly queues?: Readonly<Record<string, IQueue | Queue>>;
  readonly topics?: Readonly<Record<string, ITopic | Topic>>;
  readonly buses?: Readonly<Record<string, IEventBus | EventBus>>;
};

/** How a gateway is deployed; what it is made of follows from its definition. */
export type SurehookProps = {
  /** The definition: the default export of `entry`, or `gatewayFromFile(entry)` of one that is JSON. */
  readonly gateway: AnyGateway;
  /** The config's file, a module or JSON; a relative path is from where the CDK runs. */
  readonly entry: string;
  /**
   * The last part of the API's address; can't be changed while a stack of CloudFront or the firewall imports it.
   * @default "prod"
   */
  readonly stageName?: string;
  /**
   * Ends each name that is given here or in the definition (`WebhookEvents-dev`).
   * @default - the names as they are
   */
  readonly environmentSuffix?: string;
  /**
   * Names of functions.
   * @default - CloudFormation makes them from the stack's name
   */
  readonly functionNames?: Readonly<Partial<Record<FunctionRole, string>>>;
  /**
   * The name of the topic that brings events to live clients.
   * @default - CloudFormation makes it
   */
  readonly topicName?: string;
  /**
   * Variables that the config reads.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Where secrets of the definition are.
   * @default - a secret of the stack for those of sources and one for those of destinations, JSON with a
   * field for each name, to be filled after the deployment
   */
  readonly secrets?: Readonly<Record<string, SecretPlace>>;
  /**
   * Names of secrets that a source's function of the path's parameters gives, which can't be read from it.
   * @default - none
   */
  readonly secretNames?: readonly string[];
  /**
   * Tables, buckets, queues, topics and buses that are there already.
   * @default - tables and buckets are made; others are found by the address in the definition
   */
  readonly existing?: ExistingResources;
  /**
   * How long what the consumer took stays hidden from others; it runs at most 60 % of that.
   * @default Duration.seconds(300)
   */
  readonly visibilityTimeout?: Duration;
  /**
   * `engine`: a failed attempt comes again when it is due. `queue`: as a failed receive; after three it is archived.
   * @default "engine"
   */
  readonly retries?: "engine" | "queue";
  /**
   * Requests a second, and how many at one moment; past it API Gateway answers 429.
   * @default - 1000 and 1000
   */
  readonly throttle?: { readonly perSecond: number; readonly burst: number };
  /**
   * Allow-list by the stack parameters `EnableWebhookIpAllowList` and `AllowedWebhookCidrs` of the firewall's stack,
   * in place of the definition's.
   * @default - a firewall where the definition has an allow-list, with its addresses
   */
  readonly allowListByParameters?: boolean;
  /**
   * CloudFront before the API, in a stack of its own. For a sender that signs its address the first of `names` is
   * that address where the definition has no `publicUrl`.
   * @default false
   */
  readonly cdn?: boolean | { readonly names: string[]; readonly certificate: ICertificate };
  /**
   * When files of the archive move to Glacier.
   * @default Duration.days(90)
   */
  readonly glacierAfter?: Duration;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** @default "info" */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
  /** @default Architecture.ARM_64 */
  readonly architecture?: Architecture;
  /**
   * Memory of each function, in MiB; processor time comes with it.
   * @default 512
   */
  readonly memoryMb?: number;
  /**
   * Partitions of what waits and of a day's listing: some 160 webhooks a second each, up to 256. It can be raised, never lowered:
   * what waits in those that are left out isn't found.
   * @default 8
   */
  readonly shards?: number;
  /**
   * Who is told of an alarm.
   * @default - nobody; alarms are shown only
   */
  readonly alarmTopic?: ITopic | Topic;
  /**
   * Whether tables, buckets, logs and secrets stay when the stack is deleted.
   * @default false
   */
  readonly retain?: boolean;
  /**
   * Whether to set the role by which API Gateway writes access logs. It is one setting of account and
   * region: of several gateways there, one should set it.
   * @default true
   */
  readonly setsLogRole?: boolean;
};
