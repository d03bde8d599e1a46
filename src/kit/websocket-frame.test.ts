import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import * as ws from "ws";
import { websocketFrame } from "./websocket-frame.ts";

/** The types of ws leave its sender out. */
const { Sender } = ws as unknown as {
  readonly Sender: {
    readonly frame: (payload: Buffer, options: Readonly<Record<string, unknown>>) => Buffer[];
  };
};

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 3_000_000])(
  "a frame of %i bytes is what the ws library makes",
  (length) => {
    for (const payload of [randomBytes(length), Buffer.alloc(length, "é")]) {
      const isText = isUtf8(payload);
      const options = { fin: true, rsv1: false, mask: false, opcode: isText ? 1 : 2 };
      const made = Sender.frame(payload, { ...options, readOnly: true });
      expect(websocketFrame(payload, isText).equals(Buffer.concat(made))).toBe(true);
    }
  },
);
