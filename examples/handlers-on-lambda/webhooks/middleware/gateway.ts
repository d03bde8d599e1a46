/**
 * The gateway that config/webhooks.json describes: it checks signatures, recognises repeats, and has every event
 * kept before the sender is answered. The path is from the working directory; infrastructure/webhooks bundles the
 * same file into the functions.
 */
import { gatewayFromFile } from "surehook/lambda";

export const gateway = gatewayFromFile("config/webhooks.json");
