/** Frameworks of a single file, `server`. */
import { listening, type Mounting, middleware, stopping } from "./mounting.ts";

/** Express. */
export const express: Mounting = {
  routes: middleware(
    "express",
    "Before body parsers: app.use(webhooks); signatures are over the bytes as they came.",
  ),
  toDo: [
    'import { webhooks } from "./webhooks/routes.ts";',
    "app.use(webhooks); // before express.json()",
  ],
  application: {
    server: `
import express from "express";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

const app = express();
app.use(webhooks);
app.use(express.json());
app.get("/", (_request, response) => {
  response.send("The application is here.");
});

await gateway.ready;
const port = Number(process.env["PORT"] ?? 3000);
const server = app.listen(port, "127.0.0.1", () => {
  ${listening}
});
${stopping}`,
  },
};

/** Fastify. */
export const fastify: Mounting = {
  routes: `
import { surehook } from "surehook/fastify";
import { gateway } from "./middleware/gateway.ts";

/**
 * A plugin with the paths of config/webhooks.json, and /webhooks/health: app.register(webhooks).
 */
export const webhooks = (scope«: Parameters<typeof surehook>[0]») => surehook(scope, { gateway });
`,
  toDo: ['import { webhooks } from "./webhooks/routes.ts";', "await app.register(webhooks);"],
  application: {
    server: `
import fastify from "fastify";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

const app = fastify();
await app.register(webhooks);
app.get("/", async () => "The application is here.");

await gateway.ready;
const port = Number(process.env["PORT"] ?? 3000);
await app.listen({ port, host: "127.0.0.1" });
${listening}

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => void app.close().then(() => process.exit(0)));
}
`,
  },
};

/** Hono. */
export const hono: Mounting = {
  routes: middleware("hono", "Before what reads bodies: app.use(webhooks)."),
  toDo: ['import { webhooks } from "./webhooks/routes.ts";', "app.use(webhooks);"],
  application: {
    server: `
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

const app = new Hono();
app.use(webhooks);
app.get("/", (context) => context.text("The application is here."));

await gateway.ready;
const port = Number(process.env["PORT"] ?? 3000);
const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" }, () => {
  ${listening}
});
${stopping}`,
  },
};

/** Koa. */
export const koa: Mounting = {
  routes: middleware("koa", "Before body parsers: app.use(webhooks)."),
  toDo: [
    'import { webhooks } from "./webhooks/routes.ts";',
    "app.use(webhooks); // before body parsers",
  ],
  application: {
    server: `
import Koa from "koa";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

const app = new Koa();
app.use(webhooks);
app.use((context) => {
  context.body = "The application is here.";
});

await gateway.ready;
const port = Number(process.env["PORT"] ?? 3000);
const server = app.listen(port, "127.0.0.1", () => {
  ${listening}
});
${stopping}`,
  },
};

/** A plain server. */
export const node: Mounting = {
  routes: middleware(
    "node",
    "A listener for createServer; call it for paths where gateway.listensAt(path).",
  ),
  toDo: [
    'import { gateway } from "./webhooks/middleware/gateway.ts";',
    'import { webhooks } from "./webhooks/routes.ts";',
    "if (gateway.listensAt(path)) webhooks(request, response);",
  ],
  application: {
    server: `
import { createServer } from "node:http";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

await gateway.ready;
const server = createServer((request, response) => {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  if (gateway.listensAt(path)) webhooks(request, response);
  else response.end("The application is here.");
});
const port = Number(process.env["PORT"] ?? 3000);
server.listen(port, "127.0.0.1", () => {
  ${listening}
});
${stopping}`,
  },
};
