/** Imported first by a worker thread: registers the hook of `resolve-hook.ts` there. */
import { registerSurehook } from "./resolve-hook.ts";

registerSurehook();
