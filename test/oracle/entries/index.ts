import type { Entry } from "../oracle.ts";
import { fromAToD } from "./a-d.ts";
import { fromEToM } from "./e-m.ts";
import { fromNToR } from "./n-r.ts";
import { fromSToZ } from "./s-z.ts";

/** Every provider that an SDK of its sender confirms. */
export const entries: readonly Entry[] = [...fromAToD, ...fromEToM, ...fromNToR, ...fromSToZ];
