/** Linear's webhooks (https://linear.app/developers/webhooks): model and action are the type. */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, type Thing } from "./sampler.ts";

const team = { id: "72b2a2dc-6f4f-4423-9d34-24b5bd10634a", key: "LIN", name: "Linear" };
const actor = {
  id: "b5ea5f1f-8adc-4f52-b4bd-ab4e84cf51ba",
  type: "user",
  name: "Ada Nwosu",
  email: "ada@example.com",
  url: "https://linear.app/example/profiles/ada",
};

const issue = (state: string, context: SampleContext): Thing => ({
  id: "2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9",
  createdAt: iso(context),
  updatedAt: iso(context),
  number: 10,
  title: "Spelling of the greeting",
  priority: 2,
  priorityLabel: "High",
  identifier: "LIN-10",
  url: "https://linear.app/example/issue/LIN-10/spelling-of-the-greeting",
  teamId: team.id,
  team,
  state: { id: "f3c0a8e8-1c4c-4d7e-8a0f-8c2d7f0a9a11", name: state, type: "started" },
  labelIds: [],
});

const comment = (context: SampleContext): Thing => ({
  id: "e3ac8e55-5a42-4b3f-9f3f-3bbd1b3f5f10",
  createdAt: iso(context),
  updatedAt: iso(context),
  body: "It has one l too few.",
  issueId: "2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9",
  userId: actor.id,
});

const project = (context: SampleContext): Thing => ({
  id: "a5a8e6d0-5b0e-4a2b-b7b0-8c5a0e9d7a31",
  createdAt: iso(context),
  updatedAt: iso(context),
  name: "Three languages",
  state: "started",
  teamIds: [team.id],
});

/** Changes of Linear's data with fresh times; the id is in a header. */
export const samples = framed(
  {
    "Issue.create": (context) => issue("Todo", context),
    "Issue.update": (context) => issue("In Progress", context),
    "Issue.remove": (context) => issue("Canceled", context),
    "Comment.create": comment,
    "Project.update": project,
  },
  (name, context, data) => {
    const [type, action] = name.split(".");
    return {
      action,
      type,
      actor,
      createdAt: iso(context),
      data,
      url: "https://linear.app/example/issue/LIN-10",
      ...(action === "update" ? { updatedFrom: { updatedAt: iso(context) } } : {}),
      organizationId: "8f9a2b1e-2c5d-4b8f-9c58-2f5d9d2f7a10",
      webhookTimestamp: context.now,
      webhookId: "000042e3-d123-4980-b49f-8e140eef9329",
    };
  },
);
