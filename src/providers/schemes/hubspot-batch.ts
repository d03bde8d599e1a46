import type { Batch } from "./batch.ts";

/**
 * HubSpot's events, whatever the version of its signature. `eventId` is not guaranteed to be unique, as
 * HubSpot's documentation says, so that it counts with what happened to what, and when.
 */
export const hubspotBatch: Batch = {
  items: "*",
  id: [
    { json: "eventId" },
    { json: "subscriptionId" },
    { json: "occurredAt" },
    { json: "objectId" },
    { json: "fromObjectId" },
    { json: "toObjectId" },
  ],
  type: { json: "subscriptionType" },
  time: { json: "occurredAt", unit: "ms" },
};
