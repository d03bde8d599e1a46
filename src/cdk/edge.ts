/** What stands before the API, in stacks of their own. */
import { Stack } from "aws-cdk-lib";
import type { ICertificate } from "aws-cdk-lib/aws-certificatemanager";
import type { ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import type { Api } from "./api.ts";
import { Distribution, tellDomain } from "./distribution.ts";
import { Firewall } from "./firewall.ts";
import type { PlannedPath } from "./plan.ts";

/** What is built before the API. */
export type EdgeProps = {
  readonly api: Api;
  readonly paths: readonly PlannedPath[];
  readonly stageName: string;
  readonly allowListByParameters: boolean;
  readonly cdn: boolean | { readonly names: string[]; readonly certificate: ICertificate };
  /** There where CloudFront is. */
  readonly originSecret: ISecret | Secret | undefined;
};

/** Firewall and CloudFront, where the definition or a prop asks for them. */
export type Edge = {
  readonly firewall: Firewall | undefined;
  readonly distribution: Distribution | undefined;
};

/** Builds the stacks beside that of `scope`. */
export function buildEdge(scope: Construct, props: EdgeProps): Edge {
  const hasList = props.paths.some(({ allowIps }) => allowIps !== undefined);
  const isFirewalled = props.allowListByParameters || hasList;
  return {
    firewall: isFirewalled ? firewallFor(scope, props) : undefined,
    distribution: props.originSecret && distributionFor(scope, props, props.originSecret),
  };
}

function firewallFor(scope: Construct, props: EdgeProps): Firewall {
  return new Firewall(stackBeside(scope, "waf"), "Firewall", {
    stageArn: props.api.rest.deploymentStage.stageArn,
    paths: props.paths,
    byParameters: props.allowListByParameters,
    originSecret: props.originSecret,
  });
}

function distributionFor(
  scope: Construct,
  props: EdgeProps,
  originSecret: ISecret | Secret,
): Distribution {
  const stack = stackBeside(scope, "cdn");
  const { restApiId } = props.api.rest;
  const { region, urlSuffix } = Stack.of(scope);
  const distribution = new Distribution(stack, "Distribution", {
    apiDomain: `${restApiId}.execute-api.${region}.${urlSuffix}`,
    stageName: props.stageName,
    originSecret,
    domain: typeof props.cdn === "object" ? props.cdn : undefined,
  });
  tellDomain(stack, distribution);
  return distribution;
}

/** A stack of the same account and region, named after the gateway's. */
function stackBeside(scope: Construct, ending: string): Stack {
  const own = Stack.of(scope);
  const parent = own.node.scope ?? own;
  const { region, account, stackName } = own;
  return new Stack(parent as Construct, `${own.node.id}-${ending}`, {
    stackName: `${stackName}-${ending}`,
    env: { region, account },
  });
}
