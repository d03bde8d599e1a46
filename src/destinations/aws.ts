/** What destinations on AWS have in common. Retries are the gateway's: the SDK makes one try. */
import * as z from "zod";
import type { DestinationContext, DestinationOptions } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { retryAfterMs } from "../kit/retry-after.ts";
import { unusable } from "./secret-ref.ts";
import { type Failed, failed, openSending, refused, unreachable } from "./sending.ts";

/** Options of every destination on AWS; credentials are those of the standard AWS chain. */
export type AwsOptions = DestinationOptions & {
  readonly region?: string;
  readonly endpoint?: string;
};

/** Settings of every destination on AWS. */
export const awsSettings = {
  region: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The AWS region; where missing, that of the address or ARN, else of the standard AWS chain (`AWS_REGION`, the profile). Credentials are those of that chain.",
    ),
  endpoint: z
    .url({ protocol: /^https?$/, error: "an address that begins with https:// or http://" })
    .optional()
    .describe("Another address than AWS's own, for a service of the same protocol."),
};

type Given = {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
};

/** A client's configuration. */
export function clientConfig({ region, endpoint }: Given, context: DestinationContext) {
  const agent = { maxSockets: context.concurrency };
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(context.timeoutMs, 10_000),
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/** The region that an ARN or a queue's URL names. */
export function regionIn(address: string): string | undefined {
  const arn = /^arn:[^:]*:[^:]*:([^:]+):/.exec(address);
  const url = /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(address);
  return arn?.[1] ?? url?.[1];
}

/** Imports an SDK client, an optional peer; throws `CONFIG_INVALID` with what to install. */
export async function clientModule<T>(
  name: string,
  load: () => Promise<T>,
  context: DestinationContext,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const what = `it needs the package ${name}, which can't be loaded; run: npm install ${name}`;
    throw unusable(context, what, { cause });
  }
}

/** A client of the SDK. */
export type AwsClient = {
  readonly config: { readonly region: string | (() => Promise<string>) };
  readonly destroy: () => void;
};

/** Opens a destination over SDK clients; throws `CONFIG_INVALID` where no region is known. */
export async function openAws(
  context: DestinationContext,
  clients: readonly AwsClient[],
  send: (parcel: Parcel, signal: AbortSignal) => Promise<Outcome>,
): Promise<OpenDestination> {
  const close = () => {
    for (const client of clients) client.destroy();
  };
  try {
    for (const { config } of clients) await (config.region as () => Promise<string>)();
  } catch (cause) {
    close();
    throw unusable(context, "no AWS region is known; set region or AWS_REGION", { cause });
  }
  return openSending(context, {
    send,
    failure: (error) => awsFailure(error, context.now()),
    close,
  });
}

/** The most that SQS, SNS and EventBridge take of one event, attributes included, whatever is raised there. */
const largestBytes = 1_048_576;

/** Why an event is too large for these three; smaller ones the service judges, whose queue or topic may allow less. */
export function overLargest(bytes: number): Failed | undefined {
  if (bytes <= largestBytes) return undefined;
  return refused(
    `the event has ${bytes} bytes as it is sent, and AWS takes at most ${largestBytes}`,
  );
}

const sizeWords = /shorter than|too long|size .*(exceed|over the limit)/i;

type AwsError = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
};

/** The outcome of what an SDK client threw. AWS's own text names the action and the resource. */
export function awsFailure(error: unknown, now: number): Failed {
  if (!(error instanceof Error)) return unreachable(messageOf(error));
  const { $metadata, $response, name, message } = error as AwsError;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return withoutAnswer(error);
  const detail = message === "" || message === name ? name : `${name}: ${message}`;
  const hint = $response?.headers?.["retry-after"];
  const wish = hint === undefined ? undefined : retryAfterMs(hint, now);
  return {
    ...(sizeWords.test(message) ? refused(detail) : failed("DESTINATION_STATUS", detail)),
    status,
    ...(wish === undefined ? {} : { retryAfterMs: wish }),
  };
}

function withoutAnswer(error: Error): Failed {
  const { code } = error as NodeJS.ErrnoException;
  if (error.name === "CredentialsProviderError") {
    return unreachable(
      `no AWS credentials (${error.message}); set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role`,
    );
  }
  const text = error.message || error.name;
  const detail = code === undefined || text.includes(code) ? text : `${code}: ${text}`;
  return error.name === "TimeoutError"
    ? failed("DESTINATION_TIMEOUT", detail)
    : unreachable(detail);
}
