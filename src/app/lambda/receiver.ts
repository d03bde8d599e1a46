import type { AnyGateway } from "../../core/define.ts";
import type { PushedEngine, Rejection } from "../../core/engine.ts";
import { errors, GatewayError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { Checks } from "../../core/schemas.ts";
import type { Gateway } from "../../core/settings.ts";
import type { Answer, KeyAsk, KeyMaterial } from "../../core/types.ts";
import { refusal } from "../../http/answer.ts";
import { createDoors } from "../../http/doors.ts";
import { idMaker } from "../ids.ts";
import { openChecks } from "../schemas.ts";
import { sourceSecrets } from "../secrets.ts";
import { apiAnswer, bodyOf, headOf } from "./api-request.ts";
import { optionalVariable } from "./environment.ts";
import type { ApiAnswer, ApiEvent } from "./events.ts";
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
  readonly gateway: Gateway;
  readonly store: PushedEngine;
  readonly checks: Checks;
  readonly secrets: FunctionSecrets;
  readonly log: Log;
  readonly fetchKeys: (asks: readonly KeyAsk[], client: string) => Promise<KeyMaterial>;
  readonly newId: () => string;
};

type Judged = { readonly answer: Answer; readonly rejections: readonly Rejection[] };

/** Takes requests of senders: verifies, keeps, announces, and answers only then. */
export function receiver(
  definition: AnyGateway,
  on: Surroundings = onAws(),
): (event: ApiEvent) => Promise<ApiAnswer> {
  const gateway = judged(definition);
  const log = functionLog();
  const opened = early(() => open(gateway, { log, on }));
  return async (event) => {
    try {
      return apiAnswer(await handle(await opened(), event));
    } catch (error) {
      const code = error instanceof GatewayError ? error.code : "INTERNAL";
      log.error({ code, error: messageOf(error) }, "the function could not begin; answered 503");
      return apiAnswer(refusal(code, { status: errors[code].status === 413 ? 413 : 503 }));
    }
  };
}

async function open(
  gateway: Gateway,
  { log, on }: { readonly log: Log; readonly on: Surroundings },
): Promise<Context> {
  const secrets = openSecrets();
  const [kept, checks] = await Promise.all([
    on.openStore(gateway),
    openChecks(gateway.sources),
    secrets.refresh(),
  ]);
  const store = announcing(kept, on, log);
  const fetchKeys = keyFetcher(secrets);
  return { gateway, store, checks, secrets, log, fetchKeys, newId: idMaker() };
}

async function handle(context: Context, event: ApiEvent): Promise<Answer> {
  const { secrets } = context;
  await secrets.refresh();
  const first = await judge(context, event);
  // A signature that doesn't fit may be made with a secret that was rotated since it was read.
  const isStale = first.rejections.length > 0 && (await secrets.rotate());
  const { answer, rejections } = isStale ? await judge(context, event) : first;
  await Promise.all(rejections.map((rejection) => keepRejection(context, rejection)));
  return answer;
}

async function judge(context: Context, event: ApiEvent): Promise<Judged> {
  const { gateway, store, checks, secrets, log, fetchKeys, newId } = context;
  const rejections: Rejection[] = [];
  const reject = async (rejection: Rejection) => rejections.push(rejection) > 0;
  const doors = createDoors({
    gateway,
    checks,
    engine: { ...store, reject },
    log,
    secretsOf: sourceSecrets(secrets.read, Date.now),
    fetchKeys,
    newId,
    clock: Date.now,
    // The bus is told by the store, with what was kept.
    onOwed: () => undefined,
  });
  try {
    const admitted = doors.admit(headOf(event, originSecret(secrets)));
    if ("status" in admitted) return { answer: admitted, rejections };
    const body = bodyOf(event);
    // Without a Content-Length of its own, its size is only known now.
    if (body.length > admitted.source.maxBodyBytes) {
      return { answer: refusal("BODY_TOO_LARGE"), rejections };
    }
    return { answer: await doors.take(admitted, body), rejections };
  } catch (error) {
    return { answer: doors.faultOf(error, event.path), rejections };
  }
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

/** Loaded where a provider asks for it first: it brings connections of its own. */
function keyFetcher({ read }: FunctionSecrets): Context["fetchKeys"] {
  let loaded: Promise<Context["fetchKeys"]> | undefined;
  const load = async (): Promise<Context["fetchKeys"]> => {
    const { KeyFetcher } = await import("../../net/key-fetcher.ts");
    const keys = new KeyFetcher({ now: Date.now, secret: read });
    return (asks, client) => keys.fetch(asks, client);
  };
  return async (asks, client) => {
    loaded ??= load();
    return (await loaded)(asks, client);
  };
}
