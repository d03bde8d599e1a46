/** Asana's webhooks: a list of compact events (https://developers.asana.com/docs/webhooks-guide). */
import { framed, iso, serial, type Thing } from "./sampler.ts";

const project = { gid: "1205032021030233", resource_type: "project" };

/** A list of one event, with a fresh task. */
export const samples = framed(
  {
    "task.added": () => ({ parent: project }),
    "task.changed": () => ({ parent: null, change: { field: "completed", action: "changed" } }),
    "task.deleted": () => ({ parent: null }),
    "story.added": () => ({ parent: project }),
  },
  (type, context, more) => {
    const [resource_type, action] = type.split(".");
    return {
      events: [
        {
          user: { gid: "1199999999999", resource_type: "user" },
          created_at: iso(context),
          action,
          resource: {
            gid: String(serial(context)),
            resource_type,
            resource_subtype: resource_type === "task" ? "default_task" : "comment_added",
          },
          ...(more as Thing),
        },
      ],
    };
  },
);
