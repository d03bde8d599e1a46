import { headerOf } from "../../kit/raw-headers.ts";
import type { Cause } from "./cause.ts";
import type { Look } from "./look.ts";
import { bodyVariants, spellingVariants, withHeader } from "./variants.ts";

/** Whether the signature is one of the body written otherwise. */
export function bodyCauses({ suspect, provider, input, trial }: Look): readonly Cause[] {
  const { request } = suspect;
  const found = bodyVariants(request.body).find(
    ({ value }) =>
      trial.fits(provider, { ...input, request: { ...request, body: value } }) !== undefined,
  );
  if (found === undefined) return [];
  return [
    {
      kind: "body-changed",
      proven: true,
      text: `The body was changed on its way: it fits ${found.words}.`,
      remedy:
        "Something between the sender and Surehook reads the body and writes it anew (a proxy, a framework's JSON parser, a tunnel, an editor): have it pass the bytes on as they are.",
    },
  ];
}

/** Whether the signature fits when its header is read otherwise. */
export function spellingCauses({ suspect, provider, input, trial }: Look): readonly Cause[] {
  const { request } = suspect;
  for (const mark of provider.marks(input.options)) {
    const text = headerOf(request.headers, mark);
    if (text === undefined) continue;
    const found = spellingVariants(text).find(
      ({ value }) =>
        trial.fits(provider, { ...input, request: withHeader(request, mark, value) }) !== undefined,
    );
    if (found === undefined) continue;
    return [
      {
        kind: "signature-spelling",
        proven: true,
        text: `The header ${mark} ${found.words}; the signature itself is right.`,
        remedy: "Something on the way rewrites the header: have it pass headers on as they are.",
      },
    ];
  }
  return [];
}

/** Whether the signature fits under other options of the source. */
export function optionCauses({ provider, input, trial }: Look): readonly Cause[] {
  const found = provider
    .alternatives?.(input.options)
    .find(({ options }) => trial.fits(provider, { ...input, options }) !== undefined);
  if (found === undefined) return [];
  return [
    {
      kind: "option",
      proven: true,
      text: `It fits with another option of the source: ${found.words}.`,
      remedy: `Write ${found.words} in the source's options.`,
    },
  ];
}
