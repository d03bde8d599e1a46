/** Handlers of GitHub's events. */
import { type SenderTemplates, stateHandler, testsByHeaders } from "./templates.ts";

const ownTypes = `
/** Of GitHub's events, what the handlers read. With \`@octokit/webhooks-types\` installed, those are the better ones. */
«type Repository = { readonly full_name: string };»

«export type Push = { readonly ref: string; readonly after: string; readonly repository: Repository };
export type PullRequest = {
  readonly action: string;
  readonly number: number;
  readonly repository: Repository;
};»
`;

const publishedTypes = `
/** GitHub's event types, as its SDK publishes them; only the compiler needs them. */
«import type { PullRequestEvent, PushEvent } from "@octokit/webhooks-types";»

«export type Push = PushEvent;
export type PullRequest = PullRequestEvent;»
`;

const push = stateHandler({
  type: "push",
  payload: "Push",
  says: "Commits were pushed.",
  body: `
  const { ref, after, repository } = event.payload;
  await setState("repositories", repository.full_name, {
    state: ref + " is at " + after,
    at: event.receivedAt,
  });
  return { processed: true };`,
});

const pullRequest = stateHandler({
  type: "pull_request",
  payload: "PullRequest",
  says: "Something happened to a pull request: `action` says what.",
  body: `
  const { action, number, repository } = event.payload;
  await setState("repositories", repository.full_name + "#" + number, {
    state: action,
    at: event.receivedAt,
  });
  return { processed: true };`,
});

const tests = testsByHeaders("github", {
  title: "GitHub",
  tests: `
const repository = { full_name: "octo-dev/hello" };

test("a push is known by its repository, and a delivery again is answered the same", async () => {
  const payload = { ref: "refs/heads/main", after: "c0ffee", repository };
  const first = await post("push", "delivery-1", payload);
  assert.equal(first.status, 200);
  const answer = await first.text();
  assert.match(answer, /"received":true,"eventId":"delivery-1"/);
  await until("the push is known", async () =>
    (await stateOf("repositories", "octo-dev/hello")) === "refs/heads/main is at c0ffee",
  );
  assert.equal(await (await post("push", "delivery-1", payload)).text(), answer);
});

test("a pull request is known by its number", async () => {
  await post("pull_request.opened", "delivery-2", { action: "opened", number: 7, repository });
  await until("it is known", async () =>
    (await stateOf("repositories", "octo-dev/hello#7")) === "opened",
  );
});
`,
  forged: [
    '"x-github-event": "push"',
    '"x-github-delivery": "delivery-3"',
    '"x-hub-signature-256": "sha256=" + "0".repeat(64)',
  ],
});

/** What is written for GitHub. */
export const githubTemplates: SenderTemplates = {
  types: {
    package: "@octokit/webhooks-types",
    version: "^7.6.1",
    published: publishedTypes,
    own: ownTypes,
  },
  handlers: { push, pull_request: pullRequest },
  required: { push: ["ref", "after", "repository.full_name"] },
  tests,
};
