/** How queues, topics, buses, tables and buckets are named: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html. */
import { createRequire } from "node:module";
import * as z from "zod";
import type { CheckContext, Finding } from "../core/define.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { SecretRef } from "../core/types.ts";
import { liveValue } from "./secret-ref.ts";

type Form = { readonly pattern: RegExp; readonly expected: string };

/** The forms of their names. */
export const awsForms = {
  queue: {
    pattern: /^https?:\/\/[^/?#\s]+\/\d{12}\/[\w-]{1,80}(?:\.fifo)?$/,
    expected: "a queue's address, such as https://sqs.us-east-1.amazonaws.com/123456789012/name",
  },
  topic: {
    pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/,
    expected: "a topic's ARN, such as arn:aws:sns:us-east-1:123456789012:name",
  },
  bus: {
    pattern: /^(?:arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/,
    expected: "a bus's name or ARN, such as arn:aws:events:us-east-1:123456789012:event-bus/name",
  },
  table: {
    pattern: /^(?:arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/)?[\w.-]{3,255}$/,
    expected: "a table's name (3 to 255 letters, digits, `_`, `-`, `.`) or ARN",
  },
  bucket: {
    pattern:
      /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$|^arn:aws[a-z-]*:s3[a-z-]*:[a-z0-9-]*:\d{12}:accesspoint\/[\w.-]+$/,
    expected: "a bucket's name (3 to 63 small letters, digits, `-`, `.`) or an access point's ARN",
  },
} as const satisfies Readonly<Record<string, Form>>;

/** The setting of such a name: in the clear, or in a secret. */
export function awsName({ pattern, expected }: Form) {
  return z.union([z.string().regex(pattern, { error: expected }), secretRef]);
}

/** A name that an option gives, and what it must be. */
type Named = { readonly option: string; readonly given: string | SecretRef; readonly form: Form };

/** What is wrong with names in secrets, and which packages aren't there to reach what they name. */
export function awsFindings(
  context: CheckContext,
  names: readonly Named[],
  packages: readonly string[],
): readonly Finding[] {
  const unfit = names.flatMap(({ option, given, form }): Finding[] => {
    const value = typeof given === "string" ? undefined : liveValue(context, given)?.trim();
    if (value === undefined || value === "" || form.pattern.test(value)) return [];
    const hint = `the secret ${typeof given === "string" ? option : given.name} holds something else`;
    return [{ option, expected: form.expected, hint }];
  });
  if (context.isLocal) return unfit;
  const option = names[0]?.option ?? "region";
  const missing = packages.filter((name) => !isInstalled(name));
  return [
    ...unfit,
    ...missing.map((name) => ({
      option,
      expected: `the package ${name}, by which it is reached`,
      hint: `run: npm install ${name}`,
    })),
  ];
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
