import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  type Architecture,
  type Code,
  Function as LambdaFunction,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge.ts";

/** The functions of a gateway, each of which has a file of its name in `src/app/lambda`. */
export const functionRoles = [
  "receiver",
  "authorizer",
  "consumer",
  "sweeper",
  "archiver",
  "live",
  "broadcaster",
  "refresher",
] as const;

/** What a function is for. */
export type FunctionRole = (typeof functionRoles)[number] | "cleaner";

/** What all functions of a gateway share. */
export type FunctionSettings = {
  readonly key: IKey;
  readonly architecture: Architecture;
  readonly memoryMb: number;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  readonly environment: Readonly<Record<string, string>>;
  readonly nameOf: (role: FunctionRole) => string | undefined;
  readonly codeOf: (role: FunctionRole) => Code;
};

/** What one of them is given. */
export type GatewayFunctionProps = {
  readonly role: FunctionRole;
  readonly settings: FunctionSettings;
  readonly timeout: Duration;
  readonly environment?: Readonly<Record<string, string>>;
};

/** A function with a role and a log of its own; the role may write that log, and what it is granted later. */
export class GatewayFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: GatewayFunctionProps) {
    super(scope, id);
    const { settings, role, timeout } = props;
    this.logGroup = new LogGroup(this, "Log", {
      retention: settings.logRetention,
      removalPolicy: settings.removalPolicy,
    });
    this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    this.logGroup.grantWrite(this.role);
    settings.key.grantDecrypt(this.role);
    const functionName = settings.nameOf(role);
    this.function = new LambdaFunction(this, "Function", {
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture,
      handler: "index.handler",
      code: settings.codeOf(role),
      role: this.role,
      logGroup: this.logGroup,
      memorySize: settings.memoryMb,
      timeout,
      environment: { ...settings.environment, ...props.environment },
      environmentEncryption: settings.key,
      ...(functionName === undefined ? {} : { functionName }),
    });
  }

  /** Whom grants of the CDK are for. */
  get grantPrincipal(): Role {
    return this.role;
  }

  /** Allows actions on resources that have no grant of their own. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.role.addToPolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources] }),
    );
  }

  /** Allows actions on all that a pattern with `*` means, which needs a reason. */
  allowAll(actions: readonly string[], resource: string, reason: string): void {
    this.allow(actions, [resource]);
    acknowledgeWildcard(this, { resource, reason });
  }

  /** Sets a variable of its environment. */
  setVariable(name: string, value: string): void {
    this.function.addEnvironment(name, value);
  }
}

/** As long as Lambda runs a function. */
const mostSeconds = 900;

/** Seconds of a function's time as a share of another duration. */
export function shareOf(whole: Duration, share: number): Duration {
  const seconds = Math.floor(whole.toSeconds() * share);
  return Duration.seconds(Math.min(mostSeconds, Math.max(1, seconds)));
}
