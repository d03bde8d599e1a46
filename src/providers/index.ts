import type { Provider } from "../core/define.ts";
import * as all from "./list/index.ts";

export * from "./list/index.ts";

const list: readonly unknown[] = /* @__PURE__ */ Object.values(all);

/** Every provider that Surehook has. Each reads its own options only, which `settings` has judged. */
export const providers = list as readonly Provider[];
