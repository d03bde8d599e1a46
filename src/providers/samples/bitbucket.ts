/** Bitbucket's webhooks (https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/); a header has the type. */
import type { SampleContext } from "../../core/types.ts";
import { framed, iso, type Thing, token } from "./sampler.ts";

const actor: Thing = {
  type: "user",
  display_name: "Ada Nwosu",
  uuid: "{d301aafa-d676-4ee0-88be-962be7417567}",
  account_id: "557058:c0b72ad0-1cb5-4018-9cdc-0cde8492c443",
  nickname: "ada",
};

const repository: Thing = {
  type: "repository",
  full_name: "bakery/hello",
  name: "hello",
  uuid: "{673a6070-3421-46c9-9d48-90745f7bfe8e}",
  is_private: true,
  scm: "git",
  links: { html: { href: "https://bitbucket.org/bakery/hello" } },
  workspace: { type: "workspace", slug: "bakery", name: "Bakery" },
};

const sha = (context: SampleContext): string => token(context).toLowerCase().padEnd(40, "0");

const pullRequest =
  (state: string) =>
  (context: SampleContext): Thing => ({
    pullrequest: {
      type: "pullrequest",
      id: 7,
      title: "Greet in three languages",
      description: "Adds two more.",
      state,
      author: actor,
      source: { branch: { name: "greetings" }, commit: { hash: sha(context) }, repository },
      destination: { branch: { name: "main" }, commit: { hash: sha(context) }, repository },
      merge_commit: state === "MERGED" ? { hash: sha(context) } : null,
      participants: [],
      reviewers: [],
      close_source_branch: true,
      created_on: iso(context),
      updated_on: iso(context),
      links: { html: { href: "https://bitbucket.org/bakery/hello/pull-requests/7" } },
    },
  });

/** Payloads of Bitbucket with fresh commits and times. */
export const samples = framed(
  {
    "repo:push": (context) => ({
      push: {
        changes: [
          {
            old: null,
            new: {
              type: "branch",
              name: "main",
              target: {
                type: "commit",
                hash: sha(context),
                author: { type: "author", raw: "Ada <ada@example.com>" },
                message: "Say hello\n",
                date: iso(context),
              },
            },
            created: true,
            forced: false,
            closed: false,
            truncated: false,
          },
        ],
      },
    }),
    "pullrequest:created": pullRequest("OPEN"),
    "pullrequest:fulfilled": pullRequest("MERGED"),
    "pullrequest:rejected": pullRequest("DECLINED"),
    "issue:created": (context) => ({
      issue: {
        id: 8,
        title: "Spelling of the greeting",
        content: { raw: "It has one l too few.", markup: "markdown" },
        kind: "bug",
        priority: "minor",
        state: "new",
        created_on: iso(context),
        updated_on: iso(context),
      },
    }),
  },
  (_, _context, more) => ({ actor, repository, ...(more as Thing) }),
);
