import { defineGateway, secret } from "surehook";
import { http } from "surehook/destinations";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({
      path: "/webhooks/stripe",
      secrets: [secret("BENCH_SECRET")],
      toleranceSeconds: 86_400,
    }),
  },
  destinations: {
    sink: http({
      url: process.env["BENCH_SINK"] ?? "http://127.0.0.1:9/",
      allowPrivate: true,
      secrets: [secret("BENCH_SIGNING_SECRET")],
    }),
  },
  routes: [{ from: "stripe", to: "sink" }],
});
