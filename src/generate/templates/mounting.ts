/** How a gateway is mounted in each framework: `webhooks/routes`, and what a project of its own needs to run. */
import type { Choices, Framework } from "../choices.ts";
import { endingOf, type GeneratedFile, type Layout, rendered } from "../file.ts";
import { lambda } from "./mountings/lambda.ts";
import type { Mounting } from "./mountings/mounting.ts";
import { nest } from "./mountings/nest.ts";
import { next } from "./mountings/next.ts";
import { express, fastify, hono, koa, node } from "./mountings/servers.ts";

const mountings: Readonly<Record<Framework, Mounting>> = {
  express,
  fastify,
  hono,
  koa,
  nest,
  next,
  node,
  lambda,
};

/** What is left to do by hand in an application that is there. */
export function mountingToDo({
  framework,
  language,
}: Pick<Choices, "framework" | "language">): readonly string[] {
  const layout = layoutOf(framework, language);
  return mountings[framework].toDo.map((line) => rendered(line, layout));
}

/** Where the parts of a project of that framework are. */
export function layoutOf(framework: Framework, language: Layout["language"]): Layout {
  return {
    language,
    base: framework === "nest" ? "src/" : "",
    onLambda: framework === "lambda",
  };
}

/** `webhooks/routes`, and what else a framework wants of its own. */
export function mountingFiles(framework: Framework, layout: Layout): readonly GeneratedFile[] {
  const { routes, files = {} } = mountings[framework];
  return written({ [`${layout.base}webhooks/routes`]: routes, ...files }, layout);
}

/** The files of a new application, beside those of package managers and compilers. */
export function applicationFiles(framework: Framework, layout: Layout): readonly GeneratedFile[] {
  const { application, pages = {} } = mountings[framework];
  return [...written(application, layout), ...written(pages, layout, "x")];
}

function written(
  texts: Readonly<Record<string, string>>,
  layout: Layout,
  jsx: "" | "x" = "",
): readonly GeneratedFile[] {
  return Object.entries(texts).map(([path, text]) => ({
    path: `${path}.${endingOf(layout.language)}${jsx}`,
    text: rendered(text, layout, path.includes("/") ? "../" : "./"),
  }));
}
