import type { Provider } from "../core/define.ts";
import { github } from "./github.ts";
import { hmac } from "./hmac.ts";
import { paypal } from "./paypal.ts";
import { shopify } from "./shopify.ts";
import { square } from "./square.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { svix } from "./svix.ts";

export { github, hmac, paypal, shopify, square, standardWebhooks, stripe, svix };

const list: readonly unknown[] = [
  stripe,
  github,
  shopify,
  paypal,
  square,
  standardWebhooks,
  svix,
  hmac,
];

/** Every provider that Surehook has. Each reads its own options only, which `settings` has judged. */
export const providers = list as readonly Provider[];
