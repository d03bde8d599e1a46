/** Jira's webhooks (https://developer.atlassian.com/server/jira/platform/webhooks/). */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, serial, type Thing } from "./sampler.ts";

const home = "https://example.atlassian.net/rest/api/2";

const user: Thing = {
  self: `${home}/user?accountId=99:27935d01-92a7-4687-8272-a9b8d3b2ae2e`,
  accountId: "99:27935d01-92a7-4687-8272-a9b8d3b2ae2e",
  displayName: "Ada Nwosu",
  active: true,
  timeZone: "Europe/Berlin",
  accountType: "atlassian",
};

const issue = (context: SampleContext): Thing => ({
  id: String(serial(context)),
  self: `${home}/issue/${serial(context)}`,
  key: "OVEN-7",
  fields: {
    summary: "Spelling of the greeting",
    created: iso(context),
    updated: iso(context),
    description: "It has one l too few.",
    labels: [],
    priority: { id: "3", name: "Medium" },
    status: { id: "10000", name: "To Do" },
    issuetype: { id: "10001", name: "Task", subtask: false },
    project: { id: "10000", key: "OVEN", name: "Oven" },
    reporter: user,
    assignee: null,
  },
});

/** Events of Jira with fresh ids and times; the event's id is in a header. */
export const samples = framed(
  {
    "jira:issue_created": () => ({ issue_event_type_name: "issue_created" }),
    "jira:issue_updated": () => ({
      issue_event_type_name: "issue_generic",
      changelog: {
        id: "10124",
        items: [
          {
            field: "status",
            fieldtype: "jira",
            from: "10000",
            fromString: "To Do",
            to: "10002",
            toString: "Done",
          },
        ],
      },
    }),
    "jira:issue_deleted": () => ({ issue_event_type_name: "issue_deleted" }),
    comment_created: (context) => ({
      comment: {
        id: "10042",
        author: user,
        body: "It has one l too few.",
        created: iso(context),
        updated: iso(context),
      },
    }),
  },
  (webhookEvent, context, more) => ({
    timestamp: context.now,
    webhookEvent,
    user,
    issue: issue(context),
    ...(more as Thing),
  }),
);
