/** Why a request was refused, as lines of text. */
import { examineKept, type LearnedView } from "../../app/diagnose.ts";
import type { OperatorSecrets } from "../../app/operator-secrets.ts";
import type { Cause, Diagnosis } from "../../core/diagnose/cause.ts";
import type { KeptRequest } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Gateway } from "../../core/settings.ts";
import { printable } from "./printable.ts";
import type { Terminal } from "./terminal.ts";

const widest = 100;

/** Why a kept request would be refused now, as of its arrival; undefined where that can't be asked. */
export async function diagnosisOf(
  gateway: Gateway | undefined,
  what: { readonly kept: KeptRequest; readonly body: Buffer },
  by: {
    readonly learned: () => LearnedView;
    /** The environment's where it isn't given. */
    readonly secrets?: () => Promise<Pick<OperatorSecrets, "read">>;
  },
): Promise<Diagnosis | undefined> {
  if (gateway === undefined || what.kept.outcome !== "rejected") return undefined;
  try {
    const isLearning = gateway.sources.some(({ learns }) => learns);
    const learned = isLearning ? by.learned() : undefined;
    return await examineKept(gateway, what, { learned, ...(await by.secrets?.()) });
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** The lines that tell the causes; none where there is nothing wrong. */
export function diagnosisLines(diagnosis: Diagnosis, terminal: Terminal): readonly string[] {
  if (diagnosis.verdict !== "rejected") return [];
  return diagnosis.causes.flatMap((cause) => causeLines(cause, terminal));
}

function causeLines({ proven, text, remedy }: Cause, terminal: Terminal): readonly string[] {
  const { paint, columns } = terminal;
  const [first = "", ...rest] = wrapped(text, Math.min(columns, widest) - 2);
  const mark = proven ? paint("good", "✓") : paint("warn", "?");
  return [
    `${mark} ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...wrapped(remedy, Math.min(columns, widest) - 2).map((line) => `  ${paint("faint", line)}`),
  ];
}

/** A text in lines no longer than a width, unless a word is. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || longer.length <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
}
