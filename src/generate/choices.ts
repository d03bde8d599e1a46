/** What is chosen, by a person or by flags, before anything is written. */

/** The frameworks that a gateway is mounted in; `node` is a plain server of `node:http`. */
export const frameworks = ["express", "fastify", "hono", "koa", "nest", "next", "node"] as const;

/** One of them; or functions on AWS Lambda, which are a target of their own. */
export type Framework = (typeof frameworks)[number] | "lambda";

/** What packages are installed by. */
export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

/** In what the files are written. */
export type Language = "typescript" | "javascript";

/** What is known of a sender that handlers are written for. */
export type Sender = {
  /** Its provider's name. */
  readonly name: string;
  readonly title: string;
  /** Types that `surehook send` has samples of. */
  readonly sampleTypes: readonly string[];
};

/** All that the files follow from. */
export type Choices = {
  readonly senders: readonly Sender[];
  readonly framework: Framework;
  readonly language: Language;
  readonly packageManager: PackageManager;
  /** Path of the store; the usual one where undefined. */
  readonly store: string | undefined;
  /** Whether senders' own packages of types are added where they publish them. */
  readonly senderTypes: boolean;
};

/** The environment variable that a sender's secret is read from. */
export function secretNameOf(sender: string): string {
  return `${sender.replaceAll("-", "_").toUpperCase()}_WEBHOOK_SECRET`;
}
