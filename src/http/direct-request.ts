import { IncomingMessage } from "node:http";

/** What takes a body's bytes as they arrive. */
export type BodySink = {
  /** False where it wants no more: the rest goes through the stream again. */
  readonly take: (chunk: Buffer) => boolean;
  readonly end: () => void;
};

/**
 * A request whose body goes straight to who collects it. The stream that it would go through otherwise costs an
 * accept an eighth of its CPU, most of that for its end (measured by `npm run bench -- ingest`); so a stream whose
 * whole body was collected never ends: nothing waits for that. Should the connection be lost before, it fails as any other.
 */
export class DirectRequest extends IncomingMessage {
  #sink: BodySink | undefined;
  #hasBegun = false;

  /** The body goes to the sink from now on; false where some of it has gone through the stream already, and the rest will. */
  collect(sink: BodySink): boolean {
    if (this.#hasBegun) return false;
    this.#sink = sink;
    return true;
  }

  /** What Node's parser calls with each piece of the body, and with null behind the last one. */
  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    const sink = this.#sink;
    if (sink === undefined) {
      this.#hasBegun = true;
      return super.push(chunk, encoding);
    }
    if (chunk !== null) {
      if (!sink.take(chunk as Buffer)) this.#sink = undefined;
      return true;
    }
    // An open connection goes on holding its last request, which is to hold nothing of its body.
    this.#sink = undefined;
    sink.end();
    return true;
  }
}
