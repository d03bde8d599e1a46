/** What each function is handed, as far as it can't do without: judged before it runs, so that a wrong event is told in words. */
import * as z from "zod";
import { GatewayError } from "../core/errors.ts";

/** A function's name. */
export type FunctionName = Exclude<
  keyof typeof import("./lambda/index.ts"),
  "gatewayFromFile" | "onThisMachine"
>;

const headers = z.record(z.string(), z.unknown()).nullish();
const texts = z.object({ headers, body: z.string().nullish() });
const ofApi = texts.extend({
  httpMethod: z.string(),
  path: z.string(),
  requestContext: z.object({ identity: z.object({ sourceIp: z.string() }) }),
});
const ofBalancer = texts.extend({
  httpMethod: z.string(),
  path: z.string(),
  requestContext: z.object({ elb: z.object({}) }),
});
const ofHttp = z.object({
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string(), z.unknown()),
  requestContext: z.object({
    stage: z.string(),
    http: z.object({ method: z.string(), sourceIp: z.string() }),
  }),
});
const ofQueue = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string() })),
});

type Shape = { readonly words: string; readonly of: (event: unknown) => z.ZodType };

const anything = (): z.ZodType => z.object({});
const shapes: Readonly<Record<FunctionName, Shape>> = {
  receiver: {
    words: "a request, as API Gateway, a function URL or a load balancer hands it over",
    of: front,
  },
  authorizer: {
    words: "a request, as API Gateway asks an authorizer",
    of: () => z.object({ headers, path: z.string(), methodArn: z.string() }),
  },
  consumer: { words: "records of a queue", of: () => ofQueue },
  archiver: { words: "records of a queue", of: () => ofQueue },
  sweeper: { words: "a scheduled event, or {}", of: anything },
  refresher: {
    words: 'a notification of Parameter Store, a scheduled event, {"destinations":["…"]} or {}',
    of: () =>
      z.object({
        detail: z.object({ "parameter-name": z.string().optional() }).optional(),
        destinations: z.array(z.string()).optional(),
      }),
  },
  live: {
    words: "a client of a WebSocket API that comes, goes or says something",
    of: () =>
      z.object({
        requestContext: z.object({
          connectionId: z.string(),
          eventType: z.enum(["CONNECT", "DISCONNECT", "MESSAGE"]),
        }),
      }),
  },
  broadcaster: {
    words: "records of a topic",
    of: () => z.object({ Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })) }),
  },
};

/** Each kind of request is told by what only it has. */
function front(event: unknown): z.ZodType {
  const isOfBalancer = z.object({ requestContext: z.object({ elb: z.unknown() }) });
  if (z.object({ version: z.literal("2.0") }).safeParse(event).success) return ofHttp;
  const { success, data } = isOfBalancer.safeParse(event);
  return success && data.requestContext.elb !== undefined ? ofBalancer : ofApi;
}

/** Judges what a function is to run on. Throws USAGE with each part that isn't as AWS has it. */
export function judgeEvent(name: FunctionName, event: unknown): void {
  const { words, of } = shapes[name];
  const read = of(event).safeParse(event);
  if (read.success) return;
  const parts = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new GatewayError(
    "USAGE",
    `The ${name} takes ${words}, and the event is none: ${parts.join("; ")}. docs/samples/${name}.json is one; without --event a fresh one is made.`,
  );
}
