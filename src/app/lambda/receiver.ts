import { answerOf } from "../../core/accept.ts";
import type { AnyGateway } from "../../core/define.ts";
import type { Rejection } from "../../core/engine.ts";
import { errors, GatewayError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { PushedEngine } from "../../core/pushed-engine.ts";
import type { Responder } from "../../core/respond.ts";
import type { Gateway } from "../../core/settings.ts";
import type { Answer } from "../../core/types.ts";
import { inlineResponder } from "../../destinations/inline-respond.ts";
import { refusal } from "../../http/answer.ts";
import { createDoors, type Doors } from "../../http/doors.ts";
import { respondBy } from "../../http/respond.ts";
import { idMaker } from "../../kit/ids.ts";
import { KeyFetcher } from "../../net/key-fetcher.ts";
import { learnedSecrets } from "../learned-secrets.ts";
import { openChecks } from "../schemas.ts";
import { liveSecrets } from "../secrets.ts";
import { apiAnswer, bodyOf, headOf } from "./api-request.ts";
import { optionalVariable } from "./environment.ts";
import type { ApiAnswer, FrontEvent } from "./events.ts";
import { functionLog } from "./log.ts";
import { announcementOf } from "./refs.ts";
import {
  early,
  type FunctionSecrets,
  judged,
  onAws,
  openSecrets,
  type Surroundings,
} from "./surroundings.ts";

type Context = {
  readonly doors: Doors;
  /** Rejections by the body of their request, until it is sure that the secrets weren't old. */
  readonly rejections: WeakMap<Buffer, Rejection>;
  readonly store: PushedEngine;
  readonly secrets: FunctionSecrets;
  readonly log: Log;
};

type Judged = { readonly answer: Answer; readonly rejection?: Rejection | undefined };

/** Takes requests of senders: verifies, keeps, announces, and answers only then. */
export function receiver(
  definition: AnyGateway,
  on: Surroundings = onAws(),
): (event: FrontEvent) => Promise<ApiAnswer> {
  const gateway = judged(definition);
  const log = on.log ?? functionLog();
  const opened = early(() => open(gateway, { log, on }));
  return async (event) => {
    try {
      return apiAnswer(await handle(await opened(), event), event);
    } catch (error) {
      const code = error instanceof GatewayError ? error.code : "INTERNAL";
      log.error({ code, error: messageOf(error) }, "the function could not begin; answered 503");
      const status = errors[code].status === 413 ? 413 : 503;
      return apiAnswer(refusal(code, { status }), event);
    }
  };
}

async function open(
  gateway: Gateway,
  { log, on }: { readonly log: Log; readonly on: Surroundings },
): Promise<Context> {
  const secrets = openSecrets(on);
  const [kept, checks] = await Promise.all([
    on.openStore(gateway),
    openChecks(gateway.sources),
    secrets.refresh(),
  ]);
  const store = announcing(kept, on, log);
  const keys = new KeyFetcher({ now: Date.now, secret: secrets.read });
  const rejections = new WeakMap<Buffer, Rejection>();
  const reject = async (rejection: Rejection) => {
    rejections.set(rejection.request.body, rejection);
    return true;
  };
  const doors = createDoors({
    gateway,
    engine: { ...store, reject },
    checks,
    log,
    // Not kept for a while, as elsewhere: a rotation counts from the moment at which it is read.
    secretsOf: liveSecrets(secrets.read),
    secret: secrets.read,
    learned: learnedSecrets(store, () => on.sealKey(secrets.read), Date.now),
    fetchKeys: (asks, client) => keys.fetch(asks, client),
    newId: on.newId ?? idMaker(),
    clock: Date.now,
    respondTo: respondBy({
      engine: store,
      responders: respondersOf(gateway, log),
      usual: answerOf,
      clock: Date.now,
      log,
    }),
    // The bus is told by the store, with what was kept.
    onOwed: () => undefined,
  });
  return { doors, rejections, store, secrets, log };
}

/** The modules of sources that answer by one, which are in this function's own process. */
function respondersOf({ sources }: Gateway, log: Log): ReadonlyMap<string, Responder> {
  const found = sources.flatMap(({ name, respond }) => {
    const module = respond?.module;
    // An address is refused before it is deployed.
    if (typeof module !== "function") return [];
    const say = (text: string, fields: object = {}) => log.info({ source: name, ...fields }, text);
    return [[name, inlineResponder(module, say)] as const];
  });
  return new Map(found);
}

async function handle(context: Context, event: FrontEvent): Promise<Answer> {
  const { secrets } = context;
  await secrets.refresh();
  const first = await judge(context, event);
  // A signature that doesn't fit may be made with a secret that was rotated since it was read.
  const isStale = first.rejection !== undefined && (await secrets.rotate());
  const { answer, rejection } = isStale ? await judge(context, event) : first;
  if (rejection !== undefined) await keepRejection(context, rejection);
  return answer;
}

async function judge({ doors, rejections, secrets }: Context, event: FrontEvent): Promise<Judged> {
  try {
    const admitted = doors.admit(headOf(event, originSecret(secrets)));
    if ("status" in admitted) return { answer: admitted };
    const body = bodyOf(event);
    // Without a Content-Length of its own, its size is only known now.
    if (body.length > admitted.source.maxBodyBytes) return { answer: refusal("BODY_TOO_LARGE") };
    const answer = await doors.take(admitted, body);
    return { answer, rejection: rejections.get(body) };
  } catch (error) {
    return { answer: doors.faultOf(error, pathOf(event)) };
  }
}

function pathOf(event: FrontEvent): string {
  return "rawPath" in event ? event.rawPath : event.path;
}

/** Before the answer: once that is given, the function stands still. */
async function keepRejection({ store, log }: Context, rejection: Rejection): Promise<void> {
  try {
    await store.reject(rejection);
  } catch (error) {
    log.error({ error: messageOf(error) }, "a rejected request could not be kept");
  }
}

/** The store, which announces on the bus what it has kept. A bus that fails is no matter of the sender's: the sweep finds it. */
function announcing(store: PushedEngine, { announce }: Surroundings, log: Log): PushedEngine {
  return {
    ...store,
    accept: async (acceptance) => {
      const accepted = await store.accept(acceptance);
      const announced = store.refsOf(acceptance, accepted).map(announcementOf);
      await announce(announced).catch((error: unknown) => {
        log.error({ error: messageOf(error) }, "not announced on the bus; the sweep finds it");
      });
      return accepted;
    },
  };
}

function originSecret({ read }: FunctionSecrets): string | undefined {
  const name = optionalVariable("SUREHOOK_ORIGIN_SECRET");
  return name === undefined ? undefined : read({ kind: "secret", name, optional: true })?.value;
}
