import { readFile } from "node:fs/promises";
import { emulatorFacts } from "./facts.ts";

type Act = readonly [who: string, action: string, resource: string, decision: string];

/**
 * What the roles with these words in their names asked for in this run, and whether they might; the logs that Lambda
 * writes for them left out. Where a resource has a policy of its own that one is asked too: one of both suffices.
 */
export async function actsOf(
  stack: string,
  role: string,
): Promise<Readonly<Record<string, boolean>>> {
  const lines = (await readFile(emulatorFacts().actsFile, "utf8")).trim().split("\n");
  const acts = lines.map((line) => JSON.parse(line) as Act);
  const own = acts.filter(([who]) => who.includes(stack) && who.includes(role));
  const groups = Map.groupBy(own, ([, action]) => action);
  const found = [...groups].map(([action, list]) => {
    return [action, list.some(([, , , decision]) => decision === "Allow")] as const;
  });
  return Object.fromEntries(found.filter(([action]) => !action.startsWith("logs:")));
}
