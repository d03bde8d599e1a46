/** Payloads of Shopify as its Admin REST resources describe them (https://shopify.dev/docs/api/webhooks). */
import type { SampleContext } from "../../core/types.ts";
import { isoSeconds, sampler, type Thing } from "./sampler.ts";

/** A number of 13 digits made of an id and the time, as Shopify's ids look. */
function numberOf(context: SampleContext): number {
  let sum = context.now % 1_000_003;
  for (const letter of context.id)
    sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 899_999_999_983;
  return 5_100_000_000_000 + sum;
}

function time(context: SampleContext): string {
  return isoSeconds(context).replace("Z", "+00:00");
}

const customer: Thing = {
  id: 7_207_119_290_600,
  email: "ada@example.com",
  first_name: "Ada",
  last_name: "Nwosu",
  state: "disabled",
  verified_email: true,
  tags: "",
  currency: "EUR",
};

const address: Thing = {
  first_name: "Ada",
  last_name: "Nwosu",
  address1: "Torstraße 1",
  address2: null,
  city: "Berlin",
  zip: "10119",
  country: "Germany",
  country_code: "DE",
  phone: null,
};

function order(context: SampleContext, financialStatus: string): Thing {
  const id = numberOf(context);
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Order/${id}`,
    name: "#1001",
    order_number: 1001,
    email: "ada@example.com",
    created_at: time(context),
    updated_at: time(context),
    processed_at: time(context),
    cancelled_at: null,
    closed_at: null,
    currency: "EUR",
    subtotal_price: "41.98",
    total_price: "46.97",
    total_tax: "7.50",
    total_discounts: "0.00",
    financial_status: financialStatus,
    fulfillment_status: null,
    customer,
    billing_address: address,
    shipping_address: address,
    line_items: [
      {
        id: id + 1,
        product_id: 8_210_305_384_680,
        variant_id: 44_722_931_761_384,
        sku: "TEA-250",
        title: "Green tea",
        variant_title: "250 g",
        quantity: 2,
        price: "20.99",
        taxable: true,
        requires_shipping: true,
      },
    ],
    note_attributes: [],
    tags: "",
    test: true,
  };
}

function product(context: SampleContext): Thing {
  const id = numberOf(context);
  return {
    id,
    admin_graphql_api_id: `gid://shopify/Product/${id}`,
    title: "Green tea",
    body_html: "<p>From the hills.</p>",
    vendor: "Example Tea",
    product_type: "Tea",
    handle: "green-tea",
    status: "active",
    created_at: time(context),
    updated_at: time(context),
    published_at: time(context),
    tags: "tea",
    options: [{ id: id + 2, product_id: id, name: "Size", position: 1, values: ["250 g"] }],
    variants: [
      {
        id: id + 1,
        product_id: id,
        title: "250 g",
        price: "20.99",
        sku: "TEA-250",
        position: 1,
        inventory_quantity: 40,
        inventory_policy: "deny",
      },
    ],
    images: [],
  };
}

function shop(context: SampleContext): Thing {
  return {
    id: numberOf(context),
    name: "Example Tea",
    email: "owner@example.com",
    domain: "tea.example.com",
    myshopify_domain: "example.myshopify.com",
    country_code: "DE",
    currency: "EUR",
    iana_timezone: "Europe/Berlin",
    plan_name: "basic",
    created_at: time(context),
    updated_at: time(context),
  };
}

/** A payload of Shopify with fresh ids and times. */
export const samples = sampler({
  "orders/create": (context) => order(context, "pending"),
  "orders/paid": (context) => order(context, "paid"),
  "products/update": product,
  "app/uninstalled": shop,
});
