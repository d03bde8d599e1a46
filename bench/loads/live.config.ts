import { defineGateway } from "surehook";
import { websocket } from "surehook/destinations";
import { hmac } from "surehook/providers";

export default defineGateway({
  sources: {
    any: hmac({ path: "/in", header: "x-signature", unsigned: true, dedupeSeconds: 0 }),
  },
  destinations: {
    screens: websocket({
      path: "/live",
      open: true,
      maxClients: 100_000,
      maxClientsPerAddress: 100_000,
    }),
  },
  routes: [{ to: "screens" }],
});
