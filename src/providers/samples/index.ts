/** Samples by provider. Each is imported when it is wanted: a function that receives carries none of them. */
import type { NamePlace, ProviderFacts } from "../../core/types.ts";
import { genericSample, type NamePlaces } from "./generic.ts";
import type { Samples } from "./sampler.ts";

const loaders: Readonly<Record<string, () => Promise<{ readonly samples: Samples }>>> = {
  asana: () => import("./asana.ts"),
  bitbucket: () => import("./bitbucket.ts"),
  calendly: () => import("./calendly.ts"),
  clerk: () => import("./clerk.ts"),
  discord: () => import("./discord.ts"),
  docusign: () => import("./docusign.ts"),
  github: () => import("./github.ts"),
  gitlab: () => import("./gitlab.ts"),
  hubspot: () => import("./hubspot.ts"),
  intercom: () => import("./intercom.ts"),
  jira: () => import("./jira.ts"),
  linear: () => import("./linear.ts"),
  mailgun: () => import("./mailgun.ts"),
  meta: () => import("./meta.ts"),
  mollie: () => import("./mollie.ts"),
  notion: () => import("./notion.ts"),
  paddle: () => import("./paddle.ts"),
  paypal: () => import("./paypal.ts"),
  postmark: () => import("./postmark.ts"),
  razorpay: () => import("./razorpay.ts"),
  resend: () => import("./resend.ts"),
  sendgrid: () => import("./sendgrid.ts"),
  shopify: () => import("./shopify.ts"),
  slack: () => import("./slack.ts"),
  square: () => import("./square.ts"),
  "standard-webhooks": () => import("./standard-webhooks.ts"),
  stripe: () => import("./stripe.ts"),
  svix: () => import("./standard-webhooks.ts"),
  telegram: () => import("./telegram.ts"),
  twilio: () => import("./twilio.ts"),
  twitch: () => import("./twitch.ts"),
  typeform: () => import("./typeform.ts"),
  woocommerce: () => import("./woocommerce.ts"),
  xero: () => import("./xero.ts"),
  zendesk: () => import("./zendesk.ts"),
  zoom: () => import("./zoom.ts"),
};

/** Providers that have samples of their own. */
export const sampledProviders: readonly string[] = Object.keys(loaders);

type Named = Pick<ProviderFacts, "name" | "scheme" | "generic">;

/** Where options may say id and type, of a provider that has no scheme of its own. */
type NamesInOptions = {
  readonly id?: NamePlace;
  readonly type?: NamePlace;
};

/** The samples of a provider; of a type that has none, a generic one. */
export async function samplesOf(provider: Named, options: unknown = {}): Promise<Samples> {
  const load = Object.hasOwn(loaders, provider.name) ? loaders[provider.name] : undefined;
  const own = load && (await load()).samples;
  const places = provider.scheme ?? placesIn(options as NamesInOptions);
  const generic: Samples["make"] =
    provider.generic ?? ((type, context) => genericSample(places, type, context));
  return {
    types: own?.types ?? [],
    make: (type, context) =>
      own?.types.includes(type) ? own.make(type, context) : generic(type, context),
  };
}

function placesIn({ id, type }: NamesInOptions): NamePlaces {
  return { ...(id && { id }), ...(type && { type: [type] }) };
}
