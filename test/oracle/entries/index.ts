import type { Entry } from "../oracle.ts";
import { fromAToE } from "./a-e.ts";
import { fromFToO } from "./f-o.ts";
import { fromPToR } from "./p-r.ts";
import { fromSToZ } from "./s-z.ts";

/** Every provider that an SDK of its sender confirms. */
export const entries: readonly Entry[] = [...fromAToE, ...fromFToO, ...fromPToR, ...fromSToZ];
