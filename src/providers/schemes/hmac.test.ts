import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DigestEncoding, digestForm, digestOf, type HmacAlgorithm } from "./hmac.ts";

const algorithms: readonly HmacAlgorithm[] = ["sha1", "sha256", "sha384", "sha512"];
const encodings: readonly DigestEncoding[] = ["hex", "base64", "base64url"];

/** What Node's own HMAC makes of the same key and pieces. */
function expected(
  form: ReturnType<typeof digestForm>,
  key: Buffer,
  content: readonly (string | Buffer)[],
): string {
  const hmac = createHmac(form.algorithm, key);
  for (const piece of content) hmac.update(piece);
  return hmac.digest(form.encoding);
}

describe("a digest", () => {
  it("is that of Node's HMAC, for keys shorter and longer than a block and any pieces", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...algorithms),
        fc.constantFrom(...encodings),
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.array(piece, { maxLength: 4 }),
        (algorithm, encoding, bytes, content) => {
          const form = digestForm(algorithm, encoding);
          const key = Buffer.from(bytes);
          const made = digestOf(form, createSecretKey(key), content);
          expect(made).toBe(expected(form, key, content));
        },
      ),
    );
  });

  it("is so on both sides of what is put together in one place", () => {
    const key = randomBytes(32);
    for (const algorithm of algorithms) {
      const form = digestForm(algorithm, "hex");
      for (const length of [65_343, 65_408, 65_472, 65_473, 65_536, 65_537, 1_048_576]) {
        const content = ["1790000000.", randomBytes(length - 11)];
        const made = digestOf(form, createSecretKey(key), content);
        expect(made, `${algorithm}, ${length} bytes`).toBe(expected(form, key, content));
      }
    }
  });
});
