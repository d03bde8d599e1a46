/** Questions to a person at a terminal. */
import { createInterface } from "node:readline/promises";
import { nearest } from "../../kit/suggest.ts";

/** Asks. `undefined` for a process without a person, or where nobody wants to be asked. */
export type Ask = {
  /** A text; the default where nothing is typed. */
  readonly text: (question: string, usual: string) => Promise<string>;
  /** One of several words, asked again until it is one. */
  readonly choice: <T extends string>(
    question: string,
    words: readonly T[],
    usual: T,
  ) => Promise<T>;
  readonly yes: (question: string, usual: boolean) => Promise<boolean>;
};

/** Lets work ask, where a person is at both ends of the terminal. */
export async function asking<T>(work: (ask: Ask | undefined) => Promise<T>): Promise<T> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return work(undefined);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const text: Ask["text"] = async (question, usual) => {
    const typed = (await lines.question(`${question} (${usual}) `)).trim();
    return typed === "" ? usual : typed;
  };
  const choice: Ask["choice"] = async (question, words, usual) => {
    const typed = await text(`${question} ${words.join(", ")}`, usual);
    const meant = words.find((word) => word === nearest(typed, words));
    return meant ?? choice(question, words, usual);
  };
  const yes: Ask["yes"] = async (question, usual) => {
    const typed = (await lines.question(`${question} [${usual ? "Y/n" : "y/N"}] `)).trim();
    return typed === "" ? usual : /^y/i.test(typed);
  };
  try {
    return await work({ text, choice, yes });
  } finally {
    lines.close();
  }
}
