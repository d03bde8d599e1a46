/** WooCommerce's webhooks (https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks); a header has the topic. */
import type { SampleContext } from "../../core/types.ts";
import { isoSeconds, sampler, serial, type Thing } from "./sampler.ts";

/** Without an offset, as WooCommerce writes local and universal time. */
const at = (context: SampleContext): string => isoSeconds(context).slice(0, 19);

const address: Thing = {
  first_name: "Ada",
  last_name: "Nwosu",
  company: "",
  address_1: "Torstraße 1",
  address_2: "",
  city: "Berlin",
  state: "",
  postcode: "10119",
  country: "DE",
  email: "ada@example.com",
  phone: "",
};

const order =
  (status: string) =>
  (context: SampleContext): Thing => ({
    id: serial(context),
    parent_id: 0,
    status,
    currency: "EUR",
    version: "10.3.0",
    prices_include_tax: true,
    date_created: at(context),
    date_created_gmt: at(context),
    date_modified: at(context),
    discount_total: "0.00",
    shipping_total: "4.90",
    total: "25.89",
    total_tax: "4.13",
    customer_id: 26,
    order_key: "wc_order_58d2d042d1d",
    billing: address,
    shipping: address,
    payment_method: "stripe",
    payment_method_title: "Card",
    number: String(serial(context)),
    line_items: [
      {
        id: 315,
        name: "Tea, 250 g",
        product_id: 93,
        quantity: 1,
        subtotal: "20.99",
        total: "20.99",
      },
    ],
    tax_lines: [],
    shipping_lines: [{ id: 317, method_title: "Parcel", method_id: "flat_rate", total: "4.90" }],
    refunds: [],
  });

/** Payloads of WooCommerce with fresh ids and times. */
export const samples = sampler({
  "order.created": order("processing"),
  "order.updated": order("completed"),
  "order.deleted": (context) => ({ id: serial(context) }),
  "product.updated": (context) => ({
    id: serial(context),
    name: "Tea, 250 g",
    slug: "tea-250",
    type: "simple",
    status: "publish",
    sku: "TEA-250",
    price: "20.99",
    regular_price: "20.99",
    stock_quantity: 40,
    stock_status: "instock",
    date_modified: at(context),
  }),
  "customer.created": (context) => ({
    id: serial(context),
    date_created: at(context),
    email: "ada@example.com",
    first_name: "Ada",
    last_name: "Nwosu",
    role: "customer",
    username: "ada",
    billing: address,
    shipping: address,
    is_paying_customer: false,
  }),
});
