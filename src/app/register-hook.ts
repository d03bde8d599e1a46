/** Imported first by the process of a code destination: registers the hook of `resolve-hook.ts` there. */
import { registerSurehook } from "./resolve-hook.ts";

registerSurehook();
