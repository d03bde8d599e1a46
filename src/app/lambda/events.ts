/** What AWS hands to the functions and takes from them: the parts that are used, in AWS's own words. */

/** A request as a REST API's proxy integration gives it. */
export type ApiEvent = {
  readonly httpMethod: string;
  /** Without the stage. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly multiValueQueryStringParameters: Readonly<
    Record<string, readonly string[] | undefined>
  > | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly identity: { readonly sourceIp: string };
    /** With the stage, as the sender wrote it. */
    readonly path?: string;
  };
};

/** A request as an HTTP API (payload 2.0) or a function URL gives it. */
export type HttpEvent = {
  readonly version: "2.0";
  /** With the stage, where it isn't `$default`. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Values of one name joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly stage: string;
    readonly http: { readonly method: string; readonly sourceIp: string };
  };
};

/** A request as an Application Load Balancer gives it: one of two kinds of headers and query, by the target group. */
export type BalancerEvent = {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | undefined;
  /** As the sender encoded it. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | undefined;
  readonly multiValueQueryStringParameters?:
    | Readonly<Record<string, readonly string[] | undefined>>
    | undefined;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
};

/** A request, whatever stands before the function. */
export type FrontEvent = ApiEvent | HttpEvent | BalancerEvent;

/** An answer to it. */
export type ApiAnswer = {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  /** In place of `headers` for a load balancer that asks for it. */
  readonly multiValueHeaders?: Record<string, string[]>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
};

/** What is left of an invocation. */
export type Invocation = { readonly getRemainingTimeInMillis: () => number };

/** Records of a queue. */
export type QueueEvent = { readonly Records: readonly QueueRecord[] };

/** One of them. */
export type QueueRecord = {
  readonly messageId: string;
  readonly body: string;
};

/** Which records failed and come again. */
export type QueueAnswer = { readonly batchItemFailures: { readonly itemIdentifier: string }[] };

/** What a REQUEST authorizer is asked. */
export type AuthorizerEvent = Pick<
  ApiEvent,
  "headers" | "multiValueHeaders" | "multiValueQueryStringParameters" | "path"
> & { readonly methodArn: string };

/** What it says. */
export type AuthorizerAnswer = {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: string;
    readonly Statement: {
      readonly Action: string;
      readonly Effect: "Allow" | "Deny";
      readonly Resource: string;
    }[];
  };
};

/** A client of a WebSocket API comes, goes or says something. */
export type LiveEventOfApi = {
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly requestContext: {
    readonly connectionId: string;
    readonly eventType: "CONNECT" | "DISCONNECT" | "MESSAGE";
    readonly identity?: { readonly sourceIp?: string };
  };
};

/** Whether it may. */
export type LiveAnswer = {
  readonly statusCode: number;
  readonly headers?: Record<string, string>;
};

type TopicText = {
  readonly Message: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Value: string } | undefined>>;
};

/** What a topic brings. */
export type TopicEvent = {
  readonly Records: readonly { readonly Sns: TopicText }[];
};

/** Why a token is to be taken: a parameter's notification, a schedule, or a person who names destinations. */
export type RefreshEvent = {
  readonly detail?: { readonly "parameter-name"?: string };
  readonly destinations?: readonly string[];
};
