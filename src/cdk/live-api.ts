import { type RemovalPolicy, Stack } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import { LogGroupLogDestination, WebSocketApi, WebSocketStage } from "aws-cdk-lib/aws-apigatewayv2";
import { WebSocketLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { AttributeType, BillingMode, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { GatewayFunction } from "./gateway-function.ts";
import type { Store } from "./store.ts";

/** Live clients over API Gateway. */
export type LiveApiProps = {
  /** Takes clients in and lets them go. */
  readonly live: GatewayFunction;
  /** Sends what the topic brings to every client. */
  readonly broadcaster: GatewayFunction;
  /** Where what a client missed is kept. */
  readonly store: Store;
  readonly stageName: string;
  readonly topicName: string | undefined;
  readonly key: IKey;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
};

/** The WebSocket API, the table of who is connected, and the topic that brings events to the broadcaster. */
export class LiveApi extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  readonly clients: Table;
  readonly topic: Topic;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: LiveApiProps) {
    super(scope, id);
    const { live, broadcaster } = props;
    this.#key = props.key;
    this.clients = new Table(this, "Clients", {
      partitionKey: { name: "connectionId", type: AttributeType.STRING },
      timeToLiveAttribute: "ttl",
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      removalPolicy: props.removalPolicy,
    });
    acknowledge(this.clients, {
      DDB3: "It holds who is connected now; a day-old state of it is of no use.",
    });
    this.api = this.#openApi(live);
    this.stage = this.#openStage(props);
    this.topic = new Topic(this, "Topic", {
      masterKey: props.key,
      enforceSSL: true,
      ...(props.topicName === undefined ? {} : { topicName: props.topicName }),
    });
    this.topic.addSubscription(new LambdaSubscription(broadcaster.function));
    this.#connect(props);
  }

  #openApi({ function: handler }: GatewayFunction): WebSocketApi {
    const route = (name: string) => ({
      integration: new WebSocketLambdaIntegration(name, handler),
    });
    const api = new WebSocketApi(this, "Api", {
      apiName: `${Stack.of(this).stackName}-live`,
      connectRouteOptions: route("Connecting"),
      disconnectRouteOptions: route("Disconnecting"),
      defaultRouteOptions: route("Speaking"),
    });
    acknowledge(api, {
      APIG4:
        "The function of $connect asks for the destination's token, unless the definition says that it is open.",
    });
    return api;
  }

  #openStage(props: LiveApiProps): WebSocketStage {
    const log = new LogGroup(this, "AccessLog", {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const fields = {
      time: "$context.requestTime",
      requestId: "$context.requestId",
      ip: "$context.identity.sourceIp",
      route: "$context.routeKey",
      client: "$context.connectionId",
      status: "$context.status",
    };
    return new WebSocketStage(this, "Stage", {
      webSocketApi: this.api,
      stageName: props.stageName,
      autoDeploy: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(fields)),
      },
    });
  }

  #clientsArn(): string {
    return Stack.of(this).formatArn({
      service: "execute-api",
      resource: this.api.apiId,
      resourceName: `${this.stage.stageName}/*/@connections/*`,
    });
  }

  /** Lets a function announce events. */
  grantPublish(to: GatewayFunction): void {
    to.allow(["sns:Publish"], [this.topic.topicArn]);
    to.allow(["kms:GenerateDataKey", "kms:Decrypt"], [this.#key.keyArn]);
    to.setVariable("SUREHOOK_TOPIC_ARN", this.topic.topicArn);
  }

  #connect({ live, broadcaster, store }: LiveApiProps): void {
    const { tableArn, tableName } = this.clients;
    const change = ["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];
    live.allow(["dynamodb:PutItem", ...change], [tableArn]);
    broadcaster.allow(["dynamodb:Scan", ...change], [tableArn]);
    grantPast(live, store);
    for (const one of [live, broadcaster]) {
      one.setVariable("SUREHOOK_CONNECTIONS_TABLE", tableName);
      one.setVariable("SUREHOOK_CALLBACK_URL", this.stage.callbackUrl);
      one.allowAll(
        ["execute-api:ManageConnections"],
        this.#clientsArn(),
        "Each client has an id of its own.",
      );
    }
  }
}

/** Lets a function read what was kept. */
function grantPast(to: GatewayFunction, { table, bucket }: Store): void {
  to.allow(["dynamodb:GetItem"], [table.tableArn]);
  to.allow(
    ["dynamodb:Query"],
    ["byId", "byDay"].map((name) => `${table.tableArn}/index/${name}`),
  );
  // Else a body that is gone looks like a right that is missing.
  to.allow(["s3:ListBucket"], [bucket.bucketArn]);
  const bodies = bucket.arnForObjects("bodies/*");
  to.allowAll(["s3:GetObject"], bodies, "A body's key is made of its event.");
  to.setVariable("SUREHOOK_TABLE", table.tableName);
  to.setVariable("SUREHOOK_BUCKET", bucket.bucketName);
}
