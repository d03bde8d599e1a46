import { archiver, consumer, receiver, sweeper } from "surehook/lambda";
import { gateway } from "./middleware/gateway.ts";

/*
 * The functions. infrastructure/webhooks deploys them, with all that they stand on; these exports are for a
 * deployment of your own, which sets the variables that the documents of surehook name (On AWS, "Deployed by something else").
 */

/** Takes what senders post: called by API Gateway (REST or HTTP), a function URL or a load balancer. */
export const handler = receiver(gateway);

/** Handles events: called by the queue. */
export const deliveries = consumer(gateway);

/** Finds what was left waiting: called each minute. */
export const sweep = sweeper(gateway);

/** Archives what could not be handled: called by the dead-letter queue. */
export const archive = archiver(gateway);
