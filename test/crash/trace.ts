/**
 * Reads from a system-call trace whether each 200 waited for the disk. The order of strace's lines is
 * an order of time: a call's begin is written before the kernel runs it, its end after it has run.
 */
import { spawnSync } from "node:child_process";

/** A system call of the trace; `begin` and `end` are numbers of lines. */
export type Call = {
  readonly name: string;
  /** What the file descriptor is: a path, or `socket:[…]`. */
  readonly target: string;
  /** The call as strace writes it, with its data. */
  readonly text: string;
  readonly begin: number;
  readonly end: number;
  readonly result: number;
};

/** What is known of one request. */
export type TracedRequest = {
  readonly marker: string;
  readonly socket: string;
  /** Which request of its connection it is, from 0. */
  readonly position: number;
  /** The end of the call that read its last byte. */
  readonly readAt: number;
  /** The end of the call that wrote its bytes to the store's WAL; undefined: none did. */
  readonly keptAt: number | undefined;
  /** The begin of the call that wrote its 200. */
  readonly answeredAt: number;
  /** The sync that began after both and had ended well before the answer. */
  readonly sync: Call | undefined;
};

/** What a trace shows. */
export type TraceReport = {
  readonly requests: readonly TracedRequest[];
  /** Markers whose answer no sync of the store stands before. */
  readonly unsynced: readonly string[];
  /** Markers of which a read or an answer wasn't found: the trace proves nothing of them. */
  readonly unseen: readonly string[];
  readonly syncs: number;
};

const traced =
  "fdatasync,fsync,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,read,readv,recvfrom,recvmsg";

/** The words that run a program under strace. Throws a clear text where there is no strace that works. */
export function underStrace(output: string, inject: readonly string[] = []): readonly string[] {
  const probe = spawnSync("strace", ["-f", "-o", "/dev/null", process.execPath, "-e", "0"], {
    encoding: "utf8",
  });
  if (probe.error || probe.status !== 0) {
    throw new Error(
      `strace can't trace here (${probe.error?.message ?? probe.stderr.trim()}). This test proves that each 200 ` +
        "waits for its fsync, so it is never skipped: install strace and allow ptrace (in a container: --cap-add SYS_PTRACE).",
    );
  }
  // Whole pages are shown, so that an event's bytes are found in what is written to the WAL.
  const shown = ["-f", "--seccomp-bpf", "-y", "-ttt", "-s", "40000", "-e", `trace=${traced}`];
  return ["strace", ...shown, ...inject.flatMap((rule) => ["-e", rule]), "-o", output];
}

/** The text that stands at the end of a request's body, whatever its marker. */
export function endOf(marker: string): string {
  return `end-of-${marker}`;
}

/** Holds a trace against the requests that were sent, by their markers; one that was sent twice is two. */
export function checkTrace(
  text: string,
  asked: { readonly store: string; readonly markers: readonly string[] },
): TraceReport {
  const calls = callsOf(text);
  const reads = readsByEnd(calls);
  const seen: Seen = {
    syncs: calls.filter((call) => isSync(call, asked.store)),
    wal: calls.filter(({ name, target }) => /write/.test(name) && target === `${asked.store}-wal`),
    answers: calls.filter(({ text: line }) => line.includes('"HTTP/1.1 200 ')),
  };
  const requests: TracedRequest[] = [];
  const unseen: string[] = [];
  for (const marker of new Set(asked.markers)) {
    const found = (reads.get(endOf(marker)) ?? []).flatMap((read) => tracedOf(marker, read, seen));
    requests.push(...found);
    const sent = asked.markers.filter((one) => one === marker).length;
    if (found.length !== sent) unseen.push(marker);
  }
  const unsynced = requests.filter(({ sync }) => sync === undefined).map(({ marker }) => marker);
  return { requests, unsynced, unseen, syncs: seen.syncs.length };
}

type Seen = {
  readonly syncs: readonly Call[];
  readonly wal: readonly Call[];
  readonly answers: readonly Call[];
};

/** What became of a request that was read; nothing where its answer isn't in the trace. */
function tracedOf(marker: string, read: Read, { syncs, wal, answers }: Seen): TracedRequest[] {
  const answer = answers.find(
    ({ text, target }) => target === read.socket && text.includes(`evt_${marker}\\"`),
  );
  if (answer === undefined) return [];
  const kept = wal.find(({ text, result }) => text.includes(endOf(marker)) && result > 0);
  const sync = syncs.find(
    ({ begin, end }) =>
      kept !== undefined && begin > read.at && begin > kept.end && end < answer.begin,
  );
  const { socket, position, at } = read;
  return [
    { marker, socket, position, readAt: at, keptAt: kept?.end, answeredAt: answer.begin, sync },
  ];
}

function isSync({ name, target, result }: Call, store: string): boolean {
  return (name === "fdatasync" || name === "fsync") && target.startsWith(store) && result === 0;
}

type Read = { readonly at: number; readonly socket: string; readonly position: number };

/** For each request's last bytes: when they were read, on which connection, and as which of its requests. */
function readsByEnd(calls: readonly Call[]): Map<string, Read[]> {
  const found = new Map<string, Read[]>();
  const streams = new Map<string, { left: string; requests: number }>();
  for (const { name, target, text, end, result } of calls) {
    if (!/^(read|recv)/.test(name) || !target.startsWith("socket:") || result <= 0) continue;
    const stream = streams.get(target) ?? { left: "", requests: 0 };
    streams.set(target, stream);
    stream.left += dataOf(text);
    let consumed = 0;
    for (const match of stream.left.matchAll(/end-of-[a-z0-9]+(?=\W)/g)) {
      const read = { at: end, socket: target, position: stream.requests };
      found.set(match[0], [...(found.get(match[0]) ?? []), read]);
      stream.requests += 1;
      consumed = match.index + match[0].length;
    }
    stream.left = stream.left.slice(consumed);
  }
  return found;
}

/** The strings of a call as strace shows them, joined. */
function dataOf(text: string): string {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]).join("");
}

const whole = /^(\d+) +[\d.]+ (\w+)\(\d+<([^>]*)>(.*) = (-?\d+)/;
const unfinished = /^(\d+) +[\d.]+ (\w+)\(\d+<([^>]*)>(.*) <unfinished \.\.\.>$/;
const resumed = /^(\d+) +[\d.]+ <\.\.\. (\w+) resumed>(.*) = (-?\d+)/;

/** The calls of a trace in the order of their ends. */
export function callsOf(text: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<string, Omit<Call, "end" | "result">>();
  for (const [at, line] of text.split("\n").entries()) {
    const begun = unfinished.exec(line);
    if (begun) {
      const [, thread = "", name = "", target = "", data = ""] = begun;
      open.set(thread, { name, target, text: data, begin: at });
      continue;
    }
    const ended = resumed.exec(line);
    if (ended) {
      const [, thread = "", name, data = "", result] = ended;
      const call = open.get(thread);
      open.delete(thread);
      if (call?.name !== name || call === undefined) continue;
      calls.push({ ...call, text: call.text + data, end: at, result: Number(result) });
      continue;
    }
    const complete = whole.exec(line);
    if (!complete) continue;
    const [, , name = "", target = "", data = "", result] = complete;
    calls.push({ name, target, text: data, begin: at, end: at, result: Number(result) });
  }
  return calls;
}
