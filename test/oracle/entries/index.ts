import { providers } from "../../../src/providers/index.ts";
import type { Entry } from "../oracle.ts";
import { fromAToE } from "./a-e.ts";
import { awaited } from "./awaited.ts";
import { fromFToO } from "./f-o.ts";
import { fromPToR } from "./p-r.ts";
import { fromSToZ } from "./s-z.ts";

const isThere = ({ provider }: Entry): boolean => providers.some(({ name }) => name === provider);

/** Every provider that an SDK of its sender confirms. */
export const entries: readonly Entry[] = [
  ...fromAToE,
  ...fromFToO,
  ...fromPToR,
  ...fromSToZ,
  ...awaited.filter(isThere),
];

/** Those and the entries that wait for their provider. */
export const allEntries: readonly Entry[] = [...new Set([...entries, ...awaited])];
