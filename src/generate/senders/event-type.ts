/** The event types that handlers are written for: their words become paths, names and comments of modules. */
import { GatewayError } from "../../core/errors.ts";

/** Words of letters, digits and `_`, with `.`, `:`, `/`, `-` or a space between: all that samples of senders have. */
const pattern = /^\w+(?:[.:/ -]+\w+)*$/;
const maxLength = 150;

/** An event type as it was typed. Throws USAGE where it can't be one, since what it becomes is run. */
export function eventType(typed: string): string {
  const isOne = pattern.test(typed) && /[a-z0-9]/i.test(typed) && !typed.includes("..");
  if (isOne && typed.length <= maxLength) return typed;
  const shown = JSON.stringify(typed.length <= maxLength ? typed : `${typed.slice(0, 40)}…`);
  throw new GatewayError(
    "USAGE",
    `${shown} is no event type. Give it as the sender writes it, such as charge.refunded: up to ${maxLength} letters, digits and \`_\`, with \`.\`, \`:\`, \`/\`, \`-\` or a space between; without wildcards, since a handler of \`pull_request\` also takes \`pull_request.opened\`.`,
  );
}
