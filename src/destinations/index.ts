import type { DestinationKind } from "../core/define.ts";
import { codeKind } from "./code.ts";
import { dynamodbKind } from "./dynamodb.ts";
import { eventbridgeKind } from "./eventbridge.ts";
import { fileKind } from "./file.ts";
import { httpKind } from "./http.ts";
import { s3Kind } from "./s3.ts";
import { salesforceKind } from "./salesforce.ts";
import { snsKind } from "./sns.ts";
import { sqsKind } from "./sqs.ts";
import { websocketKind } from "./websocket.ts";

export { type CodeOptions, type CodeSource, code } from "./code.ts";
export type { CodeContext, CodeEvent, CodeModule } from "./code-module.ts";
export { type DynamodbOptions, dynamodb } from "./dynamodb.ts";
export { type EventbridgeOptions, eventbridge } from "./eventbridge.ts";
export { type FileOptions, file } from "./file.ts";
export { type HttpOptions, http } from "./http.ts";
export type { RespondContext, RespondModule } from "./respond-module.ts";
export { type S3Options, s3 } from "./s3.ts";
export { type SalesforceOptions, type SalesforceToken, salesforce } from "./salesforce.ts";
export { type SnsOptions, sns } from "./sns.ts";
export { type SqsOptions, sqs } from "./sqs.ts";
export type { TransformContext, TransformModule } from "./transform-module.ts";
export { type WebsocketOptions, websocket } from "./websocket.ts";

/** Every kind of destination by its name. */
export const destinations: Readonly<Record<string, DestinationKind>> = {
  code: codeKind,
  dynamodb: dynamodbKind,
  eventbridge: eventbridgeKind,
  file: fileKind,
  http: httpKind,
  s3: s3Kind,
  salesforce: salesforceKind,
  sns: snsKind,
  sqs: sqsKind,
  websocket: websocketKind,
};
