import type { Provider } from "../define.ts";
import { receive } from "../receive.ts";
import type { Request, SecretValue } from "../types.ts";
import { verifyInput } from "../verify.ts";
import type { Cause } from "./cause.ts";
import type { Look } from "./look.ts";

const mostNames = 4;
const mostSecrets = 50;

/** Whether another source of the gateway takes the request, or another kind of sender made it. */
export function otherSenderCauses(look: Look): readonly Cause[] {
  const source = otherSource(look);
  if (source !== undefined) return [source];
  const candidates = marked(look);
  const [proven, ...alike] = candidates.filter((one) => fits(look, one));
  if (proven !== undefined) return [provenCause(look, [proven, ...alike])];
  const hasOwn = hasMark(look.provider, look.input.options, look.suspect.request);
  return hasOwn || candidates.length === 0 ? [] : [likelyCause(candidates)];
}

function otherSource({ suspect, input, trial }: Look): Cause | undefined {
  const { request, proof } = suspect;
  const found = suspect.others.find(({ source, secrets }) => {
    if (!hasMark(source.provider, source.options, request)) return false;
    const own = verifyInput(receive(request, source), { ...proof, secrets });
    const { toleranceSeconds } = input;
    return trial.fits(source.provider, { ...own, toleranceSeconds }) !== undefined;
  });
  if (found === undefined) return undefined;
  const { name, path, provider } = found.source;
  return {
    kind: "other-source",
    proven: true,
    source: name,
    provider: provider.name,
    text: `It is a request of ${provider.title}: the source "${name}" verifies it.`,
    remedy: `Have the sender post to ${path.text}, which is the path of "${name}".`,
  };
}

/** Other kinds of senders of which the request has a mark; those that options describe have none of their own. */
function marked({ suspect, provider }: Look): readonly Provider[] {
  return suspect.providers.filter(
    (one) =>
      one.name !== provider.name &&
      one.scheme !== undefined &&
      hasMark(one, {}, suspect.request) &&
      one.material === undefined,
  );
}

function hasMark(provider: Provider, options: unknown, { headers, query }: Request): boolean {
  const parameters = new URLSearchParams(query);
  const names = new Set(headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  return provider
    .marks(options)
    .some((mark) => (mark.startsWith("?") ? parameters.has(mark.slice(1)) : names.has(mark)));
}

function fits({ suspect, input, trial }: Look, provider: Provider): boolean {
  const all = [input.secrets, ...suspect.others.map(({ secrets }) => secrets)].flat();
  const secrets: readonly SecretValue[] = all.slice(0, mostSecrets);
  return trial.fits(provider, { ...input, secrets, options: {} }) !== undefined;
}

/** Several senders may sign alike: which one it is can't be told then. */
function provenCause(
  { provider: expected }: Look,
  found: readonly [Provider, ...Provider[]],
): Cause {
  const [{ name }] = found;
  const names = found.slice(0, mostNames).map((one) => one.name);
  const remedy =
    found.length === 1
      ? `Make the source one of the provider ${name} (see \`surehook providers ${name}\`).`
      : `They sign alike. Make the source one of the provider that posts here: ${names.join(", ")}${found.length > mostNames ? ", …" : ""}.`;
  return {
    kind: "other-provider",
    proven: true,
    provider: name,
    text: `It is signed as ${titlesOf(found)} ${found.length === 1 ? "signs" : "sign"}, not as ${expected.title} does.`,
    remedy,
  };
}

function titlesOf(found: readonly Provider[]): string {
  const titles = found.slice(0, mostNames).map(({ title }) => title);
  return `${titles.join(" or ")}${found.length > mostNames ? " or another" : ""}`;
}

function likelyCause(candidates: readonly Provider[]): Cause {
  const [first] = candidates;
  return {
    kind: "other-provider",
    proven: false,
    ...(first && candidates.length === 1 ? { provider: first.name } : {}),
    text: `It looks like a request of ${titlesOf(candidates)}.`,
    remedy: "Check which sender posts to this path, and make a source of its provider.",
  };
}
