/**
 * Why a request was refused: it is verified again in other ways, one change at a time, and what makes it
 * pass is the reason. Works by the provider's own `verify`, so that it knows every scheme there is. A
 * timestamp counts in none of the other ways, so that what is stale and wrong is told as both.
 */
import { receive } from "../receive.ts";
import type { Verdict } from "../types.ts";
import { unproven, verifyInput } from "../verify.ts";
import { addressCauses } from "./by-address.ts";
import { handshakeOf } from "./by-handshake.ts";
import { missingCause } from "./by-headers.ts";
import { bodyCauses, optionCauses, spellingCauses } from "./by-request.ts";
import { secretCauses } from "./by-secret.ts";
import { otherSenderCauses } from "./by-sender.ts";
import { staleCause } from "./by-time.ts";
import type { Cause, Diagnosis } from "./cause.ts";
import type { Look, Suspect } from "./look.ts";
import { Trial } from "./trial.ts";

type Rejected = Extract<Verdict, { readonly kind: "rejected" }>;

/** Says why a request is refused, or that it isn't. Bounded in work, whatever the request. */
export function diagnose(suspect: Suspect): Diagnosis {
  const { source, request, proof } = suspect;
  const { provider } = source;
  const asked = verifyInput(receive(request, source), proof);
  const trial = new Trial();
  const isPost = request.method === "POST";
  const verdict = isPost ? (trial.judge(provider, asked) ?? provider.verify(asked)) : unproven;
  const handshake = handshakeOf({ provider, asked, isPost }, verdict);
  if (handshake !== undefined) return { ...handshake, tried: trial.tried };
  if (verdict.kind !== "rejected") {
    return { verdict: verdict.kind, secret: verdict.secret, causes: [], tried: trial.tried };
  }
  const input = { ...asked, toleranceSeconds: Number.POSITIVE_INFINITY };
  const causes = causesOf({ suspect, provider, input, trial }, verdict);
  const { code, detail } = verdict;
  return {
    verdict: "rejected",
    code,
    detail,
    causes: causes.toSorted((a, b) => Number(b.proven) - Number(a.proven)),
    tried: trial.tried,
  };
}

function causesOf(look: Look, verdict: Rejected): readonly Cause[] {
  const { provider, input, trial } = look;
  const fitting = trial.fits(provider, input);
  const stale = staleCause(verdict, { input: look.input, fits: fitting !== undefined });
  if (fitting !== undefined) return stale;
  const found = verdict.code === "MISSING_SIGNATURE" ? missing(look) : unfitting(look);
  return [...stale, ...(found.length > 0 ? found : [unknownCause(look, verdict)])];
}

function missing(look: Look): readonly Cause[] {
  const others = otherSenderCauses(look);
  if (others.some(({ proven }) => proven)) return others;
  const { request } = look.suspect;
  return [...others, missingCause(look.provider, look.input.options, request)];
}

/** The causes of the first kind that proves one; the likely ones where none does. */
function unfitting(look: Look): readonly Cause[] {
  const likely: Cause[] = [];
  for (const find of [
    secretCauses,
    bodyCauses,
    addressCauses,
    optionCauses,
    spellingCauses,
    otherSenderCauses,
  ]) {
    const found = find(look);
    if (found.some(({ proven }) => proven)) return found;
    likely.push(...found);
  }
  return likely;
}

function unknownCause(look: Look, { code, detail }: Rejected): Cause {
  const { trial, input, provider } = look;
  const doubt =
    provider.evidence.kind === "unconfirmed"
      ? ` How ${provider.title} signs is unconfirmed here: compare it with its documentation (\`surehook providers ${provider.name}\`).`
      : "";
  if (code !== "INVALID_SIGNATURE") {
    return {
      kind: "unknown",
      proven: false,
      text: `The request doesn't have the form of this sender's: ${detail}.`,
      remedy: `Compare its headers with the sender's documentation: something on the way may change them, or another kind of sender posts here.${doubt}`,
    };
  }
  const names = input.secrets.map(({ name }) => name).join(", ");
  return {
    kind: "unknown",
    proven: false,
    text: `No way of ${trial.tried} fits: not with ${names}, as they are or spelled otherwise, nor with the body written otherwise.`,
    remedy: `Most likely the sender signs with another secret: copy it anew from the sender's dashboard, for this very address. Else something on the way changes the body.${doubt}`,
  };
}
