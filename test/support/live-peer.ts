/** A live client of the tests, by the `ws` library, which keeps what comes. */
import { WebSocket } from "ws";
import { until, within } from "./until.ts";

/** An event in the frames of `surehook.v1`. */
export type Framed = {
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  readonly [more: string]: unknown;
};

/** A client that is connected. */
export type Peer = {
  readonly socket: WebSocket;
  /** All frames, binary ones too, in order. */
  readonly frames: Buffer[];
  /** Whether each was binary. */
  readonly binary: boolean[];
  /** Frames as text. */
  readonly texts: () => string[];
  /** Frames that are events of `surehook.v1`. */
  readonly events: () => Framed[];
  /** Frames of `surehook.v1` that are answers. */
  readonly answers: () => Record<string, unknown>[];
  readonly say: (saying: unknown) => void;
  /** Waits until so many frames are there. */
  readonly have: (count: number) => Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly leave: () => Promise<void>;
};

/** Connects. Rejects with the status where it is refused. */
export async function joinLive(
  url: string,
  options: {
    readonly protocols?: readonly string[];
    readonly headers?: Readonly<Record<string, string>>;
    /** Certificate of a gateway that speaks HTTPS. */
    readonly ca?: Buffer;
    /** Said in the moment in which it is connected. */
    readonly saying?: unknown;
  } = {},
): Promise<Peer> {
  const socket = new WebSocket(url, [...(options.protocols ?? [])], {
    ...(options.headers === undefined ? {} : { headers: options.headers }),
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  const frames: Buffer[] = [];
  const binary: boolean[] = [];
  socket.on("message", (data, isBinary) => {
    frames.push(data as Buffer);
    binary.push(isBinary);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await within(
    "a live client that is connected",
    new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("open", () => {
        if (options.saying !== undefined) socket.send(JSON.stringify(options.saying));
        resolve();
      });
    }),
  );
  const parsed = () => frames.map((frame) => JSON.parse(String(frame)));
  return {
    socket,
    frames,
    binary,
    texts: () => frames.map(String),
    events: () => parsed().filter((one) => "id" in one),
    answers: () => parsed().filter((one) => !("id" in one)),
    say: (saying) => socket.send(typeof saying === "string" ? saying : JSON.stringify(saying)),
    have: async (count) => {
      await until(`${count} frames`, () => frames.length >= count, 60_000);
    },
    closed,
    leave: async () => {
      socket.close();
      await closed;
    },
  };
}
