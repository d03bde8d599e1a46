import type { SecretValue, VerifyInput } from "../types.ts";
import type { Cause } from "./cause.ts";
import type { Look } from "./look.ts";
import { keyForms, secretVariants } from "./variants.ts";

/** Secrets of one source that are spelled otherwise, and of others that are tried. */
const mostOwn = 20;
const mostOthers = 200;

/** Whether a secret of another source fits, or one of the source's own, spelled or used otherwise. */
export function secretCauses(look: Look): readonly Cause[] {
  const { secrets } = look.input;
  const others = [...pendingSecrets(look), ...otherSecrets(look)];
  if (secrets.length === 0) return [noSecret(look), ...others];
  const own = secrets.slice(0, mostOwn);
  return [...others, ...own.flatMap((secret) => spelledOtherwise(look, secret))];
}

function noSecret({ suspect }: Look): Cause {
  return {
    kind: "no-secret",
    proven: false,
    text: `The source "${suspect.source.name}" has no live secret.`,
    remedy: suspect.source.learns
      ? "Have the sender show one: register the address with it anew."
      : "Set one of the secrets that the config names for it, and start again.",
  };
}

function pendingSecrets({ suspect, provider, input, trial }: Look): readonly Cause[] {
  const found = (suspect.pending ?? []).find(
    (secret) => trial.fits(provider, { ...input, secrets: [secret] }) !== undefined,
  );
  if (found === undefined) return [];
  const { source } = suspect;
  return [
    {
      kind: "pending-secret",
      proven: true,
      secret: found.name,
      text: `It was signed with ${found.name}, a secret that the source "${source.name}" was shown and that waits for a person.`,
      remedy: `If it was you who registered the address anew: surehook secrets confirm ${source.name} ${found.name}`,
    },
  ];
}

function otherSecrets(look: Look): readonly Cause[] {
  const { suspect, provider, input, trial } = look;
  const known = new Set(input.secrets.map(({ value }) => value));
  const others = suspect.others
    .flatMap(({ source, secrets }) => secrets.map((secret) => ({ source, secret })))
    .filter(({ secret }) => !known.has(secret.value))
    .slice(0, mostOthers);
  const found = others.find(
    ({ secret }) => trial.fits(provider, { ...input, secrets: [secret] }) !== undefined,
  );
  if (found === undefined) return [];
  const { source, secret } = found;
  return [
    {
      kind: "other-secret",
      proven: true,
      secret: secret.name,
      source: source.name,
      text: `It was signed with ${secret.name}, which is a secret of the source "${source.name}", not of "${suspect.source.name}".`,
      remedy: `The secrets are swapped, or the sender posts to the wrong address: name ${secret.name} in the secrets of "${suspect.source.name}", or have the sender post to ${source.path.text}.`,
    },
  ];
}

/** At most one cause for a secret: the first way in which it fits. */
function spelledOtherwise(look: Look, { name, value }: SecretValue): readonly Cause[] {
  const { provider, input, trial } = look;
  const fits = (changed: string, keyForm?: VerifyInput["keyForm"]): boolean =>
    trial.fits(provider, { ...input, secrets: [{ name, value: changed }], keyForm }) !== undefined;
  const spelling = secretVariants(value).find((one) => fits(one.value));
  if (spelling !== undefined) {
    return [
      {
        kind: "secret-spelling",
        proven: true,
        secret: name,
        text: `${name} ${spelling.words}.`,
        remedy: `Set ${name} to the secret exactly as the sender shows it.`,
      },
    ];
  }
  const form = keyForms
    .filter((one) => one.value !== provider.scheme?.key)
    .find((one) => fits(value, one.value));
  if (form === undefined) return [];
  return [
    {
      kind: "secret-form",
      proven: true,
      secret: name,
      text: `${name} fits when it is ${form.words}, which is not how ${provider.title} makes a key of it here.`,
      remedy: `Set ${name} to the form that the sender's dashboard shows; in a source of the kind hmac, set key to "${form.value}".`,
    },
  ];
}
