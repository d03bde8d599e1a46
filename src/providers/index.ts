import type { Provider } from "../core/define.ts";
import * as all from "./list/index.ts";

export * from "./list/index.ts";

/** Every provider that Surehook has. Each reads its own options only, which `settings` has judged. */
export const providers: readonly Provider[] = /* @__PURE__ */ Object.values(all);
