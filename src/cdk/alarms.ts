import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Flow } from "./flow.ts";
import type { GatewayFunction } from "./gateway-function.ts";

/** What is watched, and who is told. */
export type AlarmsProps = {
  readonly flow: Flow;
  readonly functions: readonly GatewayFunction[];
  /** One of them: it runs for nothing but what died. */
  readonly archiver: GatewayFunction;
  readonly topic: ITopic | Topic | undefined;
};

const oldestSeconds = 900;

/** Alarms that mean that someone should look: what died, what waits too long, what fails, what is held back. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { flow, functions, archiver, topic } = props;
    this.all = [
      // The archiver empties the dead-letter queue at once, so its depth alone shows only what can't be archived.
      this.#alarm("Archived", archiver.function.metricInvocations(), 0),
      this.#alarm("DeadLetters", flow.deadLetters.metricApproximateNumberOfMessagesVisible(), 0),
      this.#alarm("Oldest", flow.queue.metricApproximateAgeOfOldestMessage(), oldestSeconds),
      // One for each function rather than one over their sum: it says which.
      ...functions.flatMap(({ function: one, node }) => [
        this.#alarm(`${node.id}Errors`, one.metricErrors(), 0),
        this.#alarm(`${node.id}Throttles`, one.metricThrottles(), 0),
      ]),
    ];
    if (topic === undefined) return;
    for (const alarm of this.all) alarm.addAlarmAction(new SnsAction(topic));
  }

  #alarm(id: string, metric: IMetric, above: number): Alarm {
    return new Alarm(this, id, {
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
