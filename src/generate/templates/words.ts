/** What people and coding agents read, and the environments' templates. */
import type { Choices } from "../choices.ts";
import { type Framework, frameworks, secretNameOf } from "../choices.ts";
import { endingOf, type GeneratedFile, type Layout } from "../file.ts";
import { configPath } from "./config-file.ts";

const environments = [
  {
    name: "development",
    says: "On your own machine: copy this file to .env. These secrets sign nothing but your own samples.",
    value: "development-only",
  },
  {
    name: "staging",
    says: "Where you try things. Its secrets are others than production's: register the address with each sender on its own.",
    value: "",
  },
  {
    name: "production",
    says: "Live. Keep the values in your secret store; <NAME>_FILE may name a file that holds one.",
    value: "",
  },
] as const;

type Place = { readonly name: string; readonly text: string };

/** What the functions are told by their stack, and a gateway on a machine by its environment. */
const placesOnLambda: readonly Place[] = [
  {
    name: "SQS_QUEUE_URL",
    text: "# What workers read. Functions get it from their stack; npm start writes files in its place.\nSQS_QUEUE_URL=https://sqs.us-east-1.amazonaws.com/000000000000/work\n",
  },
  {
    name: "SNS_TOPIC_ARN",
    text: "# What is told of payments, likewise.\nSNS_TOPIC_ARN=arn:aws:sns:us-east-1:000000000000:notices\n",
  },
];

/** A template per environment, each with secrets of its own. */
export function environmentFiles({ senders, store, framework }: Choices): readonly GeneratedFile[] {
  return environments.map(({ name, says, value }) => {
    const lines = senders.map((sender) => ({
      name: secretNameOf(sender.name),
      text: `# The secret that ${sender.title} signs with.\n${secretNameOf(sender.name)}=${value}\n`,
    }));
    const places = [
      {
        name: "SUREHOOK_STORE",
        text: `# Where events are kept.\nSUREHOOK_STORE=${store ?? ".surehook/surehook.db"}\n`,
      },
      {
        name: "WEBHOOKS_DATABASE",
        text: "# Where the handlers keep the state of orders and customers.\nWEBHOOKS_DATABASE=.surehook/application.db\n",
      },
    ];
    const all = [...lines, ...places, ...(framework === "lambda" ? placesOnLambda : [])];
    return {
      path: `.env.${name}.example`,
      text: [`# ${says}\n`, ...all.map(({ text }) => `\n${text}`)].join(""),
      extend: (existing) => {
        const missing = all.filter((one) => !new RegExp(`^#?\\s*${one.name}=`, "m").test(existing));
        return [existing, ...missing.map(({ text }) => `\n${text}`)].join("");
      },
    };
  });
}

/** What is no one else's: secrets and stores, and what the CDK writes. */
export function ignoreFile(framework: Framework): GeneratedFile {
  const built = framework === "lambda" ? ["cdk.out"] : [];
  const ignored = ["node_modules", ".env", ".surehook", ...built];
  return {
    path: ".gitignore",
    text: `${ignored.join("\n")}\n`,
    extend: (existing) => {
      const lines = new Set(existing.split(/\r?\n/).map((text) => text.replace(/^\/|\/$/g, "")));
      const missing = ignored.filter((name) => !lines.has(name));
      if (missing.length === 0) return existing;
      return `${existing.replace(/([^\n])$/, "$1\n")}${missing.join("\n")}\n`;
    },
  };
}

const wayOnServer =
  "Senders post to `/webhooks/<sender>`. Each request is verified, kept on disk and answered; then its event is handled, in this process, up to 3 times from 2 seconds apart. `GET /webhooks/health` says whether that works.";

const wayOnLambda =
  "Senders post to `/webhooks/<sender>`. A function verifies each request, keeps it in a table and answers; then another function handles its event, up to 3 times from 2 seconds apart. A paid order, and each other event as it came, goes to a queue for workers; payments are told to a topic; `webhook-events` has what was taken, for a day.";

const stoppingWords =
  "That script of package.json reads `.env`. `gateway.stop()` lets what is under way end; call it when the application stops.";

const deployingWords = (
  ending: string,
): string => `That script of package.json reads \`.env\`. \`npm start\` runs it all on this machine, at port 4242, with files in place of queue, topic and table.

## Deploy

\`\`\`sh
npx cdk bootstrap                                        # once per account and region
npm run deploy:webhooks                                  # the stack Webhooks-dev
npm run deploy:webhooks -- -c environmentSuffix=prod     # Webhooks-prod, with secrets of its own
\`\`\`

\`infrastructure/webhooks.${ending}\` is the stack. Give each sender its address below \`ApiUrl\`, and fill the secret that \`SecretArn\` names once; a sender without its secret is answered 503. A queue and a topic that are there already: \`-c queueArn=… -c topicArn=…\`.

\`\`\`sh
aws secretsmanager put-secret-value --secret-id <SecretArn> --secret-string '{"STRIPE_WEBHOOK_SECRET":"whsec_…"}'
SUREHOOK_STORE=aws:Webhooks-dev npm run surehook -- events   # what came there; it says which packages of AWS it needs
\`\`\``;

/** webhooks/README.md. */
export function readme(layout: Layout): GeneratedFile {
  const ending = endingOf(layout.language);
  return {
    path: `${layout.base}webhooks/README.md`,
    text: `# Webhooks

${layout.onLambda ? wayOnLambda : wayOnServer}

| where | what |
| --- | --- |
| \`${configPath}\` | senders, their secrets by name, tolerance of old timestamps, rates, tries, where events go |
| \`handlers/<sender>.${ending}\` | which function handles which type; each is a file in \`handlers/<sender>/\` |
| \`schemas/<sender>/\` | what an event must hold to be handled, by type; ${configPath} names them |
| \`processors/\` | what runs handlers; \`listeners.${ending}\` for the rest of the application, \`callbacks.${ending}\` for how it went |
| \`middleware/\` | the gateway; what is alerted |
| \`state.${ending}\` | what is known of orders and customers: ${layout.onLambda ? "DynamoDB" : "SQLite"}, or your database |
| \`outside.${ending}\` | mail, stock and alerts: yours to fill in |
| \`routes.${ending}\` | ${layout.onLambda ? "the functions, for a deployment of your own" : "what the application mounts"} |

Secrets are in the environment: \`.env.development.example\` and its neighbours name them, one set per environment.

\`\`\`sh
npm run surehook -- check${layout.onLambda ? " --local" : "        "}      # is the config right, and every secret there?
npm run surehook -- send stripe payment_intent.succeeded --port ${layout.onLambda ? "4242" : "3000"}   # a signed sample
npm run surehook -- events                 # what came, and how it went
npm run surehook -- replay <id>            # handle it again
npm run surehook -- add shopify            # another sender
npm run surehook -- add handler stripe charge.refunded
\`\`\`

${layout.onLambda ? deployingWords(ending) : stoppingWords}

To change a secret, put both the old and the new one in \`secrets\`, and remove the old one when the sender uses the new one.
`,
  };
}

/** The command for coding agents. */
export const agentCommand: GeneratedFile = {
  path: ".claude/commands/create-webhook-handler.md",
  text: `---
description: Add webhook handlers of a sender to this application
argument-hint: "<sender>[,<sender>] or <sender> <event type>"
---

Add webhook handlers for: $ARGUMENTS

1. For senders (Stripe, GitHub, Shopify or another that \`surehook\` knows):
   \`npx surehook create-webhook-handler --senders <names, with commas> --yes\`
   (\`--framework ${frameworks.join("|")}\` where it isn't found by itself, \`--target lambda\` for functions on AWS; \`--dry-run\` shows what would be written).
2. For one type of event: \`npm run surehook -- add handler <sender> <type> --yes\`.
3. Read what it printed. Files that somebody has changed are left alone and named; put into them what the printed difference shows, where it is wanted.
4. Write what the handler is to do in \`webhooks/handlers/<sender>/<type>\`; fill in \`webhooks/outside\`. A handler may run twice for one event.
5. Run the script \`test:webhooks\` of package.json, and the type check.
`,
};
