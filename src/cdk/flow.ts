import { Duration, type RemovalPolicy, Stack } from "aws-cdk-lib";
import { EventBus, Match, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/** What wakes the consumer. */
export type FlowProps = {
  readonly visibilityTimeout: Duration;
  readonly removalPolicy: RemovalPolicy;
};

const maxReceives = 3;

/** The bus that events are announced on, the queue that it fills, and the one for what could not be read three times. */
export class Flow extends Construct {
  readonly bus: EventBus;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: FlowProps) {
    super(scope, id);
    const common: QueueProps = {
      visibilityTimeout: props.visibilityTimeout,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      removalPolicy: props.removalPolicy,
    };
    this.deadLetters = new Queue(this, "DeadLetters", common);
    this.queue = new Queue(this, "Queue", {
      ...common,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxReceives },
    });
    // The CDK's own name has no stack in it: two deployments of one app would want the same.
    const eventBusName = `${Stack.of(this).stackName}-events`;
    this.bus = new EventBus(this, "Bus", { eventBusName });
    new Rule(this, "ToQueue", {
      eventBus: this.bus,
      eventPattern: { source: Match.prefix("surehook.") },
      targets: [new SqsQueue(this.queue, { message: RuleTargetInput.fromEventPath("$.detail") })],
    });
  }
}
