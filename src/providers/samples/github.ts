/** Payloads of GitHub as its docs describe them (docs.github.com, "Webhook events and payloads"). */
import type { SampleContext } from "../../core/types.ts";
import { isoSeconds, sampler, type Thing } from "./sampler.ts";

const zero = "0000000000000000000000000000000000000000";

const sender: Thing = {
  login: "octo-dev",
  id: 21_031_067,
  node_id: "MDQ6VXNlcjIxMDMxMDY3",
  url: "https://api.github.com/users/octo-dev",
  html_url: "https://github.com/octo-dev",
  type: "User",
  site_admin: false,
};

const repository: Thing = {
  id: 186_853_002,
  node_id: "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=",
  name: "hello",
  full_name: "octo-dev/hello",
  private: false,
  owner: sender,
  html_url: "https://github.com/octo-dev/hello",
  description: "A greeting",
  fork: false,
  url: "https://api.github.com/repos/octo-dev/hello",
  default_branch: "main",
};

/** 40 hex digits of an id, as a commit has them. */
function sha(context: SampleContext): string {
  const digits = context.id.toLowerCase().replaceAll(/[^0-9a-f]/g, "");
  return (digits + zero).slice(0, 40);
}

function push(context: SampleContext): Thing {
  const author = { name: "Octo Dev", email: "octo@example.com", username: "octo-dev" };
  const commit = {
    id: sha(context),
    tree_id: sha(context),
    distinct: true,
    message: "Say hello",
    timestamp: isoSeconds(context),
    url: `https://github.com/octo-dev/hello/commit/${sha(context)}`,
    author,
    committer: author,
    added: ["hello.txt"],
    removed: [],
    modified: ["README.md"],
  };
  return {
    ref: "refs/heads/main",
    before: zero,
    after: sha(context),
    repository,
    pusher: { name: "octo-dev", email: "octo@example.com" },
    sender,
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `https://github.com/octo-dev/hello/commit/${sha(context)}`,
    commits: [commit],
    head_commit: commit,
  };
}

function pullRequestOpened(context: SampleContext): Thing {
  const branch = (ref: string) => ({
    label: `octo-dev:${ref}`,
    ref,
    sha: sha(context),
    user: sender,
    repo: repository,
  });
  return {
    action: "opened",
    number: 7,
    pull_request: {
      url: "https://api.github.com/repos/octo-dev/hello/pulls/7",
      id: 279_147_437,
      html_url: "https://github.com/octo-dev/hello/pull/7",
      number: 7,
      state: "open",
      locked: false,
      title: "Greet in three languages",
      user: sender,
      body: "Adds two more.",
      created_at: isoSeconds(context),
      updated_at: isoSeconds(context),
      closed_at: null,
      merged_at: null,
      merge_commit_sha: null,
      draft: false,
      head: branch("greetings"),
      base: branch("main"),
      merged: false,
      commits: 1,
      additions: 12,
      deletions: 1,
      changed_files: 2,
    },
    repository,
    sender,
  };
}

function issuesOpened(context: SampleContext): Thing {
  return {
    action: "opened",
    issue: {
      url: "https://api.github.com/repos/octo-dev/hello/issues/8",
      html_url: "https://github.com/octo-dev/hello/issues/8",
      id: 444_500_041,
      number: 8,
      title: "Spelling of the greeting",
      user: sender,
      labels: [],
      state: "open",
      locked: false,
      assignees: [],
      comments: 0,
      created_at: isoSeconds(context),
      updated_at: isoSeconds(context),
      closed_at: null,
      body: "It has one l too few.",
    },
    repository,
    sender,
  };
}

function ping(context: SampleContext): Thing {
  return {
    zen: "Keep it logically awesome.",
    hook_id: 109_948_940,
    hook: {
      type: "Repository",
      id: 109_948_940,
      name: "web",
      active: true,
      events: ["push"],
      config: {
        content_type: "json",
        insecure_ssl: "0",
        url: "https://gateway.example.com/webhooks/github",
      },
      created_at: isoSeconds(context),
      updated_at: isoSeconds(context),
    },
    repository,
    sender,
  };
}

/** A payload of GitHub with fresh commits and times. */
export const samples = sampler({
  push,
  "pull_request.opened": pullRequestOpened,
  "issues.opened": issuesOpened,
  ping,
});
