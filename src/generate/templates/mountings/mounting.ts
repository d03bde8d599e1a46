/** What a framework needs, and what several have in common. */

/** A framework's part. */
export type Mounting = {
  /** `webhooks/routes`. */
  readonly routes: string;
  /** What is printed for who has an application already. */
  readonly toDo: readonly string[];
  /** Files that it wants in each project, by path without an ending. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of a new application, by path without an ending. */
  readonly application: Readonly<Record<string, string>>;
  /** Those of them that hold JSX. */
  readonly pages?: Readonly<Record<string, string>>;
};

/** `webhooks/routes` of a framework that takes middleware. */
export const middleware = (name: string, how: string): string => `
import { surehook } from "surehook/${name}";
import { gateway } from "./middleware/gateway.ts";

/**
 * Answers the paths of config/webhooks.json, and /webhooks/health. ${how}
 */
export const webhooks = surehook(gateway);
`;

/** How a server is stopped, with its gateway. */
export const stopping = `
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, () => {
    server.close();
    void gateway.stop().then(() => process.exit(0));
  });
}
`;

/** What a server says when it listens. */
export const listening = `console.log("Listening on http://127.0.0.1:" + port + ", webhooks at /webhooks/…");`;
