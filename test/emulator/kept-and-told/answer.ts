import { randomUUID } from "node:crypto";
import type { RespondModule } from "surehook/destinations";

/** Says what was taken, with a word that is new each time that it is asked. */
export const respond: RespondModule["respond"] = ({ type }) => ({
  status: 202,
  body: { took: type, asked: randomUUID() },
});
