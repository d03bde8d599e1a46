/** GitLab's webhooks (https://docs.gitlab.com/user/project/integrations/webhook_events/); a header has the type. */
import type { SampleContext } from "../../core/types.ts";
import { isoSeconds, sampler, serial, type Thing, token } from "./sampler.ts";

const home = "https://gitlab.example.com/ada/hello";

const user: Thing = {
  id: 1,
  name: "Ada Nwosu",
  username: "ada",
  avatar_url: null,
  email: "ada@example.com",
};

const project: Thing = {
  id: 15,
  name: "Hello",
  description: "A greeting",
  web_url: home,
  avatar_url: null,
  git_ssh_url: "git@gitlab.example.com:ada/hello.git",
  git_http_url: `${home}.git`,
  namespace: "Ada",
  visibility_level: 0,
  path_with_namespace: "ada/hello",
  default_branch: "main",
};

const sha = (context: SampleContext): string => token(context).toLowerCase().padEnd(40, "0");
const zeros = "0".repeat(40);

const push =
  (kind: string, ref: string) =>
  (context: SampleContext): Thing => ({
    object_kind: kind,
    event_name: kind,
    before: zeros,
    after: sha(context),
    ref,
    ref_protected: true,
    checkout_sha: sha(context),
    user_id: 1,
    user_name: "Ada Nwosu",
    user_username: "ada",
    user_email: "",
    project_id: 15,
    project,
    commits: [
      {
        id: sha(context),
        message: "Say hello",
        title: "Say hello",
        timestamp: isoSeconds(context),
        url: `${home}/-/commit/${sha(context)}`,
        author: { name: "Ada Nwosu", email: "ada@example.com" },
        added: ["hello.txt"],
        modified: [],
        removed: [],
      },
    ],
    total_commits_count: 1,
  });

const subject =
  (kind: string, attributes: Thing) =>
  (context: SampleContext): Thing => ({
    object_kind: kind,
    event_type: kind,
    user,
    project,
    object_attributes: {
      id: serial(context),
      iid: 7,
      author_id: 1,
      created_at: isoSeconds(context),
      updated_at: isoSeconds(context),
      ...attributes,
    },
    labels: [],
    changes: {},
  });

/** Payloads of GitLab with fresh commits and times. */
export const samples = sampler({
  "Push Hook": push("push", "refs/heads/main"),
  "Tag Push Hook": push("tag_push", "refs/tags/v1.0.0"),
  "Issue Hook": subject("issue", {
    title: "Spelling of the greeting",
    description: "It has one l too few.",
    state: "opened",
    action: "open",
    url: `${home}/-/issues/7`,
  }),
  "Merge Request Hook": subject("merge_request", {
    title: "Greet in three languages",
    description: "Adds two more.",
    source_branch: "greetings",
    target_branch: "main",
    state: "opened",
    action: "open",
    merge_status: "can_be_merged",
    draft: false,
    url: `${home}/-/merge_requests/7`,
  }),
  "Pipeline Hook": subject("pipeline", {
    ref: "main",
    tag: false,
    status: "success",
    detailed_status: "passed",
    stages: ["build", "test"],
    duration: 63,
    url: `${home}/-/pipelines/31`,
  }),
});
