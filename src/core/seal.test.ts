import { createDecipheriv } from "node:crypto";
import { describe, expect, it } from "vitest";
import { seal, sealKey, unseal } from "./seal.ts";

const bytes = Buffer.alloc(32, 7);
const key = sealKey(bytes);
const value = Buffer.from("00D!a token");

describe("a sealed value", () => {
  it("opens with its key under its name", () => {
    expect(unseal(seal(value, "token", { key }), "token", key)).toEqual(value);
    const nothing = Buffer.alloc(0);
    expect(unseal(seal(nothing, "token", { key }), "token", sealKey(bytes))).toEqual(nothing);
  });

  it("is what AES-256-GCM makes of it, with form, key id and name as associated data", () => {
    const nonce = Buffer.alloc(12, 3);
    const sealed = seal(value, "token", { key, nonce });
    expect(sealed.subarray(9, 21)).toEqual(nonce);
    const plain = createDecipheriv("aes-256-gcm", bytes, nonce);
    plain.setAAD(Buffer.concat([sealed.subarray(0, 9), Buffer.from("token")]));
    plain.setAuthTag(sealed.subarray(21, 37));
    const opened = Buffer.concat([plain.update(sealed.subarray(37)), plain.final()]);
    expect(opened).toEqual(value);
  });

  it("never looks the same twice, and shows neither value nor key", () => {
    const sealed = seal(value, "token", { key });
    expect(seal(value, "token", { key })).not.toEqual(sealed);
    expect(sealed.includes(value)).toBe(false);
    expect(sealed.includes(bytes.subarray(0, 8))).toBe(false);
  });

  it("doesn't open with another key or under another name", () => {
    const sealed = seal(value, "token", { key });
    expect(unseal(sealed, "token", sealKey(Buffer.alloc(32, 8)))).toBeUndefined();
    expect(unseal(sealed, "other", key)).toBeUndefined();
  });

  it("doesn't open when any of its bits is turned or its end is cut off", () => {
    const sealed = seal(value, "token", { key });
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const turned = Buffer.from(sealed);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unseal(turned, "token", key), `bit ${bit}`).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(unseal(sealed.subarray(0, length), "token", key), `${length}`).toBeUndefined();
    }
  });
});

describe("a key", () => {
  it("has 32 bytes and an id that depends on all of them", () => {
    expect(() => sealKey(Buffer.alloc(31))).toThrow(RangeError);
    const other = Buffer.from(bytes);
    other[31] = 0;
    expect(sealKey(other).id).not.toEqual(key.id);
    expect(sealKey(bytes).id).toEqual(key.id);
  });
});
