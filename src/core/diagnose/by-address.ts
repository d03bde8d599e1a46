import { headerOf } from "../../kit/raw-headers.ts";
import type { Cause } from "./cause.ts";
import type { Look } from "./look.ts";
import { urlVariants } from "./variants.ts";

/** Of senders that sign the address: whether it fits with another than the one that is configured. */
export function addressCauses({ suspect, provider, input, trial }: Look): readonly Cause[] {
  if (provider.signsUrl?.(input.options) !== true) return [];
  const { request } = suspect;
  const named = namedBases(request.headers);
  const found = urlVariants(input.url, request, named).find(
    (url) => trial.fits(provider, { ...input, url }) !== undefined,
  );
  if (found === undefined) return input.url === undefined ? [noUrl(provider.title)] : [];
  return [
    {
      kind: "url",
      proven: true,
      text: `${provider.title} signed the address ${shown(found)}, not ${input.url === undefined ? "one that is configured" : shown(input.url)}.`,
      remedy:
        "Register the address with the sender as publicUrl and the source's path give it, or set publicUrl to the address that the sender was given: scheme, host, port, slash at the end and query all count.",
    },
  ];
}

function noUrl(title: string): Cause {
  return {
    kind: "url",
    proven: false,
    text: `${title} signs the address that it was given, and the config doesn't say it.`,
    remedy: "Set publicUrl to the address that senders were given, without the path.",
  };
}

/** Addresses by which the request says that it came. */
function namedBases(headers: readonly string[]): readonly string[] {
  const hosts = [headerOf(headers, "x-forwarded-host"), headerOf(headers, "host")];
  return hosts.flatMap((host) =>
    host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? [`https://${host}`] : [],
  );
}

/** Queries may carry signatures and tokens: they are only said to be there. */
function shown(url: string): string {
  const at = url.indexOf("?");
  return at < 0 ? url : `${url.slice(0, at)} with its query`;
}
