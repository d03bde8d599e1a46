/** The senders' SDKs, installed by their own lock file before the first of the tests that need them. */
import { prepareFolder } from "../../scripts/bootstrap.mjs";
import { sdkFolder } from "./oracle.ts";

export async function setup(): Promise<void> {
  await prepareFolder(sdkFolder);
}
