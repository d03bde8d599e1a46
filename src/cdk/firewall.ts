import { CfnCondition, CfnParameter, Fn } from "aws-cdk-lib";
import type { ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { CfnIPSet, CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import { Construct } from "constructs";
import type { PlannedPath } from "./plan.ts";

/** The header by which CloudFront shows that a request came through it. */
export const originHeader = "x-surehook-origin";

/** Who may post at all, before the receiver is asked. */
export type FirewallProps = {
  /** The stage of the API, by its ARN. */
  readonly stageArn: string;
  readonly paths: readonly PlannedPath[];
  /** Addresses by the stack's parameters in place of the definition's. */
  readonly byParameters: boolean;
  /** What CloudFront shows in its header, where it stands before the API. */
  readonly originSecret: ISecret | Secret | undefined;
};

type Statement = CfnWebACL.StatementProperty;
type Version = "IPV4" | "IPV6";

/**
 * A regional firewall with an allow-list: the client's address is in it, or the request shows CloudFront's
 * secret and the last address of X-Forwarded-For, which CloudFront wrote, is in it.
 */
export class Firewall extends Construct {
  readonly acl: CfnWebACL;
  readonly #props: FirewallProps;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    this.#props = props;
    const rules = props.byParameters ? this.#rulesOfParameters() : this.#rulesOfPaths();
    this.acl = new CfnWebACL(this, "Acl", {
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visibility("firewall"),
      rules,
    });
    new CfnWebACLAssociation(this, "Association", {
      resourceArn: props.stageArn,
      webAclArn: this.acl.attrArn,
    });
    if (props.byParameters) this.#makeConditional();
  }

  #rulesOfParameters(): CfnWebACL.RuleProperty[] {
    const addresses = new CfnParameter(this, "AllowedWebhookCidrs", {
      type: "CommaDelimitedList",
      default: "127.0.0.1/32",
      description: "Addresses that may post, as CIDR ranges of IPv4.",
    });
    addresses.overrideLogicalId("AllowedWebhookCidrs");
    const set = this.#ipSet("Allowed", "IPV4", addresses.valueAsList);
    return [blocked("outside", 0, not(this.#isIn([set])))];
  }

  #rulesOfPaths(): CfnWebACL.RuleProperty[] {
    const listed = this.#props.paths.flatMap(({ path, allowIps }) =>
      allowIps === undefined ? [] : [{ path, allowIps }],
    );
    return listed.map(({ path, allowIps }, at) => {
      const sets = (["IPV4", "IPV6"] as const).flatMap((version) => {
        const ofVersion = allowIps.map(asRange).filter((range) => versionOf(range) === version);
        if (ofVersion.length === 0) return [];
        return [this.#ipSet(`Allowed${at}${version}`, version, ofVersion)];
      });
      return blocked(`outside-${at}`, at, allOf([isPath(path), not(this.#isIn(sets))]));
    });
  }

  #ipSet(id: string, ipAddressVersion: Version, addresses: string[]): string {
    return new CfnIPSet(this, id, { scope: "REGIONAL", ipAddressVersion, addresses }).attrArn;
  }

  #isIn(sets: readonly string[]): Statement {
    const { originSecret } = this.#props;
    const bySource = sets.map((arn): Statement => ({ ipSetReferenceStatement: { arn } }));
    if (originSecret === undefined) return anyOf(bySource);
    const forwarded = {
      headerName: "X-Forwarded-For",
      position: "LAST",
      fallbackBehavior: "NO_MATCH",
    };
    const byForwarded = sets.map(
      (arn): Statement => ({
        ipSetReferenceStatement: { arn, ipSetForwardedIpConfig: forwarded },
      }),
    );
    return anyOf([...bySource, allOf([shows(originSecret), anyOf(byForwarded)])]);
  }

  /** Without the parameter's "true" nothing of it is built. */
  #makeConditional(): void {
    const enable = new CfnParameter(this, "EnableWebhookIpAllowList", {
      type: "String",
      allowedValues: ["true", "false"],
      default: "false",
      description: "Whether only addresses of AllowedWebhookCidrs may post.",
    });
    enable.overrideLogicalId("EnableWebhookIpAllowList");
    const condition = new CfnCondition(this, "IsEnabled", {
      expression: Fn.conditionEquals(enable.valueAsString, "true"),
    });
    for (const child of this.node.children) {
      if (
        child instanceof CfnWebACL ||
        child instanceof CfnWebACLAssociation ||
        child instanceof CfnIPSet
      ) {
        child.cfnOptions.condition = condition;
      }
    }
  }
}

function blocked(name: string, priority: number, statement: Statement): CfnWebACL.RuleProperty {
  return { name, priority, statement, action: { block: {} }, visibilityConfig: visibility(name) };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}

function anyOf(statements: Statement[]): Statement {
  const [first, ...rest] = statements;
  return first !== undefined && rest.length === 0 ? first : { orStatement: { statements } };
}

function allOf(statements: Statement[]): Statement {
  return { andStatement: { statements } };
}

function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}

/** The path after the stage. Decoded and normalized, since API Gateway routes so too. */
function isPath(path: string): Statement {
  const pattern = path
    .split("/")
    .map((part) => (part.startsWith("{") ? "[^/]+" : part.replaceAll(/[^A-Za-z0-9_-]/g, "\\$&")))
    .join("/");
  return {
    regexMatchStatement: {
      fieldToMatch: { uriPath: {} },
      regexString: `^/[^/]+${pattern}/?$`,
      textTransformations: [
        { priority: 0, type: "URL_DECODE" },
        { priority: 1, type: "NORMALIZE_PATH" },
      ],
    },
  };
}

function shows(secret: ISecret | Secret): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { singleHeader: { Name: originHeader } },
      positionalConstraint: "EXACTLY",
      // A reference that CloudFormation follows; the value is in no template.
      searchString: secret.secretValue.unsafeUnwrap(),
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  };
}

function versionOf(range: string): Version {
  return range.includes(":") ? "IPV6" : "IPV4";
}

/** A single address as the range that it is. */
function asRange(address: string): string {
  if (address.includes("/")) return address;
  return `${address}/${versionOf(address) === "IPV6" ? 128 : 32}`;
}
