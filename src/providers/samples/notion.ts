/** Notion's webhooks, which say what changed and not how (https://developers.notion.com/reference/webhooks-events-delivery). */
import { framed, iso, type Thing } from "./sampler.ts";

const page = { id: "153104cd-477e-809d-8dc4-ff2d96ae3090", type: "page" };
const parent = { id: "13950b26-c203-4f3b-b97d-93ec06319565", type: "space" };

/** Events of Notion with fresh ids and times. */
export const samples = framed(
  {
    "page.created": () => ({ entity: page, data: { parent } }),
    "page.content_updated": () => ({
      entity: page,
      data: {
        updated_blocks: [{ id: "153104cd-477e-80ec-a87d-f7ff0236d35c", type: "block" }],
        parent,
      },
    }),
    "page.properties_updated": () => ({
      entity: page,
      data: { parent, updated_properties: ["XGe%40"] },
    }),
    "page.deleted": () => ({ entity: page, data: { parent } }),
    "comment.created": () => ({
      entity: { id: "153104cd-477e-80b7-9d6b-001d5fbd0e3a", type: "comment" },
      data: { page_id: page.id, parent: page },
    }),
  },
  (type, context, more) => ({
    id: context.id,
    timestamp: iso(context),
    workspace_id: "13950b26-c203-4f3b-b97d-93ec06319565",
    workspace_name: "Bakery",
    subscription_id: "29d75c0d-5546-4414-8459-7b7a92f1fc4b",
    integration_id: "0ef2e755-4912-8096-91c1-00376a88a5ca",
    type,
    authors: [{ id: "c7c11cca-1d73-471d-9b6e-bdef51470190", type: "person" }],
    accessible_by: [],
    attempt_number: 1,
    api_version: "2025-09-03",
    ...(more as Thing),
  }),
);
