import { Duration, type RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  AccessLogFormat,
  AuthorizationType,
  CfnStage,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodOptions,
  RequestAuthorizer,
  RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { addGatewayAnswers } from "./gateway-answers.ts";
import type { GatewayFunction } from "./gateway-function.ts";
import type { PlannedPath } from "./plan.ts";

/** The API that senders post to. */
export type ApiProps = {
  readonly paths: readonly PlannedPath[];
  readonly receiver: GatewayFunction;
  /** Judges requests of the paths that ask for it. */
  readonly authorizer: GatewayFunction | undefined;
  readonly stageName: string;
  readonly throttle: { readonly perSecond: number; readonly burst: number };
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** Whether to set the role by which API Gateway writes access logs, one setting of account and region. */
  readonly setsLogRole: boolean;
};

/** API Gateway before the receiver: every path of the definition, any method, any type of body. */
export class Api extends Construct {
  readonly rest: RestApi;
  readonly accessLog: LogGroup;

  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { removalPolicy, throttle } = props;
    this.accessLog = new LogGroup(this, "AccessLog", {
      retention: props.logRetention,
      removalPolicy,
    });
    this.rest = new RestApi(this, "Rest", {
      restApiName: `${Stack.of(this).stackName}-webhooks`,
      endpointTypes: [EndpointType.REGIONAL],
      // Bodies are bytes: each type goes through base64, so that none is read as text.
      binaryMediaTypes: ["*/*"],
      cloudWatchRole: props.setsLogRole,
      ...(props.setsLogRole ? { cloudWatchRoleRemovalPolicy: removalPolicy } : {}),
      deployOptions: {
        stageName: "stage",
        throttlingRateLimit: throttle.perSecond,
        throttlingBurstLimit: throttle.burst,
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: accessLogFormat(),
      },
    });
    this.#nameStage(props.stageName);
    // Which outputs a stack has is the user's matter.
    this.rest.node.tryRemoveChild("Endpoint");
    addGatewayAnswers(this.rest);
    this.#addPaths(props);
    this.#acknowledge(props.setsLogRole);
  }

  /** The CDK makes the stage's id of its name, which a parameter's can't be. */
  #nameStage(name: string): void {
    const { defaultChild } = this.rest.deploymentStage.node;
    if (defaultChild instanceof CfnStage) defaultChild.stageName = name;
  }

  #addPaths({ paths, receiver, authorizer }: ApiProps): void {
    // One permission for the API: with one for each path a function's policy is full after some sixty.
    const integration = new LambdaIntegration(receiver.function, {
      scopePermissionToMethod: false,
    });
    const options = authorizer && this.#authorization(authorizer);
    for (const { path, isAuthorized } of paths) {
      // Any method: the receiver's own 405 says which one is taken.
      this.rest.root
        .resourceForPath(path)
        .addMethod("ANY", integration, isAuthorized ? options : undefined);
    }
  }

  #authorization({ function: handler }: GatewayFunction): MethodOptions {
    // Without identity sources and cache each request is judged by itself, one with no header too.
    const authorizer = new RequestAuthorizer(this, "Authorizer", {
      handler,
      identitySources: [],
      resultsCacheTtl: Duration.seconds(0),
    });
    return { authorizer, authorizationType: AuthorizationType.CUSTOM };
  }

  #acknowledge(setsLogRole: boolean): void {
    acknowledge(this.rest, {
      APIG2:
        "The receiver judges each request by its signature over the bytes; a model would have to read bodies as text before.",
      APIG3:
        "A firewall is built where the definition has an allow-list; a signature is checked on each request.",
      APIG4: "Senders of webhooks prove themselves by a signature, which the receiver checks.",
      APIG6:
        "The access log has each request. Execution logs may hold signatures, and lie in a group that nothing removes.",
      COG4: "Senders of webhooks are programs of others, which can't log in with Cognito.",
      ...(setsLogRole
        ? {
            "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]":
              "AWS's own policy for the one role of an account by which API Gateway writes logs.",
          }
        : {}),
    });
  }
}

/** Who, what, when and how it ended: no header, no query, nothing of a body. */
function accessLogFormat(): AccessLogFormat {
  const fields = {
    time: "$context.requestTime",
    requestId: "$context.requestId",
    ip: "$context.identity.sourceIp",
    method: "$context.httpMethod",
    path: "$context.resourcePath",
    status: "$context.status",
    answer: "$context.error.responseType",
    bytes: "$context.responseLength",
    milliseconds: "$context.responseLatency",
    receiverStatus: "$context.integration.status",
    firewall: "$context.wafResponseCode",
  };
  return AccessLogFormat.custom(JSON.stringify(fields));
}
