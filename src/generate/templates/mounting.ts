/** How a gateway is mounted in each framework: `webhooks/routes`, and what a project of its own needs to run. */
import type { Framework } from "../choices.ts";
import { endingOf, type GeneratedFile, type Layout, rendered } from "../file.ts";

/** A framework's part. */
type Mounting = {
  /** `webhooks/routes`. */
  readonly routes: string;
  /** What is printed for who has an application already. */
  readonly toDo: readonly string[];
  /** Files of a new application, by path without an ending. */
  readonly application: Readonly<Record<string, string>>;
};

const middleware = (name: string, how: string): string => `
import { surehook } from "surehook/${name}";
import { gateway } from "./middleware/gateway.ts";

/**
 * Answers the paths of config/webhooks.json, and /webhooks/health. ${how}
 */
export const webhooks = surehook(gateway);
`;

const stopping = `
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close();
    void gateway.stop().then(() => process.exit(0));
  });
}
`;

const listening = `console.log("Listening on http://127.0.0.1:" + port + ", webhooks at /webhooks/…");`;

const express: Mounting = {
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

const fastify: Mounting = {
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

const hono: Mounting = {
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

const koa: Mounting = {
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

const node: Mounting = {
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

const nest: Mounting = {
  routes: middleware(
    "express",
    "In main.ts: app.use(webhooks), behind NestFactory.create; it is Nest on Express that this is for.",
  ),
  toDo: [
    'import { webhooks } from "./webhooks/routes.ts";',
    "app.use(webhooks); // in main.ts, behind NestFactory.create",
  ],
  application: {
    "src/app.module": `
import { Module } from "@nestjs/common";

@Module({})
export class AppModule {}
`,
    "src/main": `
import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.ts";
import { gateway } from "./webhooks/middleware/gateway.ts";
import { webhooks } from "./webhooks/routes.ts";

const app = await NestFactory.create(AppModule);
app.use(webhooks);

await gateway.ready;
const port = Number(process.env["PORT"] ?? 3000);
await app.listen(port, "127.0.0.1");
${listening}

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    void Promise.all([app.close(), gateway.stop()]).then(() => process.exit(0));
  });
}
`,
  },
};

const next: Mounting = {
  routes: `
import { surehook } from "surehook/next";
import { gateway } from "./middleware/gateway.ts";

/**
 * The handlers of app/webhooks/[...path]/route.
 */
export const webhooks = surehook(gateway);
`,
  toDo: ['In next.config: serverExternalPackages: ["surehook"]'],
  application: {
    "next.config": `
/** Surehook runs processes and threads of its own, which a bundle has no place for. */
«import type { NextConfig } from "next";»

const config«: NextConfig» = { serverExternalPackages: ["surehook"] };

export default config;
`,
  },
};

const layoutPage = `
«import type { ReactNode } from "react";»

export default function RootLayout({ children }«: { readonly children: ReactNode }») {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`;

const homePage = `
export default function Home() {
  return <p>The application is here.</p>;
}
`;

const nextRoute = `
import { webhooks } from "../../../webhooks/routes.ts";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";
export const { GET, POST } = webhooks;
`;

const mountings: Readonly<Record<Framework, Mounting>> = {
  express,
  fastify,
  hono,
  koa,
  nest,
  next,
  node,
};

/** What is left to do by hand in an application that is there. */
export function mountingToDo(framework: Framework): readonly string[] {
  return mountings[framework].toDo;
}

/** Where the parts of a project of that framework are. */
export function layoutOf(framework: Framework, language: Layout["language"]): Layout {
  return { language, base: framework === "nest" ? "src/" : "" };
}

/** `webhooks/routes`, and the route of Next.js that uses it. */
export function mountingFiles(framework: Framework, layout: Layout): readonly GeneratedFile[] {
  const ending = endingOf(layout.language);
  const files = [
    {
      path: `${layout.base}webhooks/routes.${ending}`,
      text: rendered(mountings[framework].routes, layout),
    },
  ];
  if (framework !== "next") return files;
  return [
    ...files,
    { path: `app/webhooks/[...path]/route.${ending}`, text: rendered(nextRoute, layout) },
  ];
}

/** The files of a new application, beside those of package managers and compilers. */
export function applicationFiles(framework: Framework, layout: Layout): readonly GeneratedFile[] {
  const ending = endingOf(layout.language);
  const files = Object.entries(mountings[framework].application).map(([path, text]) => ({
    path: `${path}.${ending}`,
    text: rendered(text, layout),
  }));
  if (framework !== "next") return files;
  return [
    ...files,
    { path: `app/layout.${ending}x`, text: rendered(layoutPage, layout) },
    { path: `app/page.${ending}x`, text: rendered(homePage, layout) },
  ];
}
