/** The frameworks that the adapters are tried in, loaded from a folder of their own. */

import type { Server } from "node:http";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import { surehook as express, keepRawBody } from "../../src/adapters/express.ts";
import { surehook as fastify } from "../../src/adapters/fastify.ts";
import { surehook as fetchStyle } from "../../src/adapters/fetch.ts";
import { surehook as hono } from "../../src/adapters/hono.ts";
import { surehook as koa } from "../../src/adapters/koa.ts";
import { surehook as next } from "../../src/adapters/next.ts";
import { surehook as node } from "../../src/adapters/node.ts";
import type { MountedGateway } from "../../src/app/create-gateway.ts";

/** Where the frameworks are installed. */
export const packagesFolder = fileURLToPath(new URL("./packages", import.meta.url));

/** An application that listens, with a route of its own at `POST /own` that answers the body's `name`. */
export type Application = { readonly port: number; readonly close: () => Promise<void> };

/** Whether the application parses JSON, and where: `first` leaves no raw bytes, `kept` leaves them. */
export type Parser = "none" | "after" | "first" | "kept";

/** A framework and the places of parsers that it can have. */
export type Framework = {
  readonly parsers: readonly Parser[];
  readonly start: (gateway: MountedGateway, parser: Parser) => Promise<Application>;
};

/** Loads one of the packages. */
// biome-ignore lint/suspicious/noExplicitAny: their types are not installed where this is checked
export async function load(name: string): Promise<any> {
  const require = createRequire(`${packagesFolder}/package.json`);
  return import(pathToFileURL(require.resolve(name)).href);
}

async function listen(server: Server): Promise<Application> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Every framework by its name. */
export const frameworks: Readonly<Record<string, Framework>> = {
  "node:http": { parsers: ["none"], start: (gateway) => listen(createServer(node(gateway))) },
  Express: {
    parsers: ["after", "first", "kept"],
    start: async (gateway, parser) => {
      const { default: makeApp } = await load("express");
      const app = makeApp();
      if (parser === "first") app.use(makeApp.json());
      if (parser === "kept") app.use(makeApp.json({ verify: keepRawBody }));
      app.use(express(gateway));
      if (parser === "after") app.use(makeApp.json());
      app.post("/own", (request: { body: { name: string } }, response: { send(t: string): void }) =>
        response.send(request.body.name),
      );
      return listen(createServer(app));
    },
  },
  Fastify: {
    parsers: ["after", "first"],
    start: async (gateway, parser) => {
      const { default: makeApp } = await load("fastify");
      const app = makeApp();
      app.post("/own", async (request: { body: { name: string } }) => request.body.name);
      // Its parsers are those of a scope, so none comes before.
      if (parser === "first")
        app.addContentTypeParser("text/x-own", { parseAs: "string" }, () => 1);
      await app.register(fastify, { gateway });
      await app.listen({ port: 0, host: "127.0.0.1" });
      return { port: app.server.address().port, close: () => app.close() };
    },
  },
  Koa: {
    parsers: ["after", "first"],
    start: async (gateway, parser) => {
      const { default: Koa } = await load("koa");
      const { default: bodyParser } = await load("koa-bodyparser");
      const app = new Koa();
      if (parser === "first") app.use(bodyParser());
      app.use(koa(gateway));
      if (parser === "after") app.use(bodyParser());
      app.use((context: { request: { body: { name: string } }; body: string }) => {
        context.body = context.request.body.name;
      });
      return listen(createServer(app.callback()));
    },
  },
  Hono: {
    parsers: ["after", "kept", "first"],
    start: async (gateway, parser) => {
      const { Hono } = await load("hono");
      const { getRequestListener } = await load("@hono/node-server");
      const app = new Hono();
      type Context = {
        req: { json(): Promise<{ name: string }>; raw: Request };
        text(t: string): Response;
      };
      if (parser === "kept") {
        app.use(async ({ req }: Context, go: () => Promise<void>) => {
          if (req.raw.method === "POST") await req.json();
          await go();
        });
      }
      if (parser === "first") {
        app.use(async ({ req }: Context, go: () => Promise<void>) => {
          if (req.raw.method === "POST") await req.raw.json();
          await go();
        });
      }
      app.use(hono(gateway));
      app.post("/own", async (context: Context) => context.text((await context.req.json()).name));
      return listen(createServer(getRequestListener(app.fetch)));
    },
  },
  "fetch-style": {
    parsers: ["none"],
    start: async (gateway) => {
      const { getRequestListener } = await load("@hono/node-server");
      const handle = fetchStyle(gateway);
      const fetch = async (request: Request) =>
        (await handle(request)) ?? new Response(((await request.json()) as { name: string }).name);
      return listen(createServer(getRequestListener(fetch)));
    },
  },
  "Next.js handlers": {
    parsers: ["none"],
    start: async (gateway) => {
      const { getRequestListener } = await load("@hono/node-server");
      const { POST, GET } = next(gateway);
      const fetch = (request: Request) => (request.method === "GET" ? GET(request) : POST(request));
      return listen(createServer(getRequestListener(fetch)));
    },
  },
  "NestJS on Express": {
    parsers: ["after", "kept"],
    start: async (gateway, parser) => {
      await load("reflect-metadata");
      const { Module } = await load("@nestjs/common");
      const { NestFactory } = await load("@nestjs/core");
      class Root {}
      Module({})(Root);
      const app = await NestFactory.create(Root, { logger: false, rawBody: parser === "kept" });
      app.use(express(gateway));
      await app.listen(0, "127.0.0.1");
      return { port: app.getHttpServer().address().port, close: () => app.close() };
    },
  },
  "NestJS on Fastify": {
    parsers: ["after"],
    start: async (gateway) => {
      await load("reflect-metadata");
      const { Module } = await load("@nestjs/common");
      const { NestFactory } = await load("@nestjs/core");
      const { FastifyAdapter } = await load("@nestjs/platform-fastify");
      class Root {}
      Module({})(Root);
      const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: false });
      await app.register(fastify, { gateway });
      await app.listen(0, "127.0.0.1");
      return { port: app.getHttpServer().address().port, close: () => app.close() };
    },
  },
};
