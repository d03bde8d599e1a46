/** Of GitHub's events, what the handlers read. With `@octokit/webhooks-types` installed, those are the better ones. */
type Repository = { readonly full_name: string };

export type Push = { readonly ref: string; readonly after: string; readonly repository: Repository };
export type PullRequest = {
  readonly action: string;
  readonly number: number;
  readonly repository: Repository;
};
