import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  fitsPublicKey,
  type Jws,
  judgeHmacJws,
  judgeTimes,
  keyOfJwk,
  keyOfSet,
  makeHmacJws,
  makePublicJws,
  parseJws,
} from "./jws.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const claims = { iat: 1_700_000_000, x: "y" };
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3 */
const es256 = {
  token:
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
  key: {
    kty: "EC",
    crv: "P-256",
    x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  },
};
/** https://www.rfc-editor.org/rfc/rfc8037#appendix-A.4 */
const edDsa = {
  token:
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
  key: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
};

describe("a token", () => {
  it("of the RFCs is judged as they say", () => {
    const byEc = parseJws(es256.token, "ES256") as Jws;
    expect(fitsPublicKey(byEc, "ES256", keyOfJwk(es256.key) as KeyObject)).toBe(true);
    expect(byEc.claims()).toMatchObject({ iss: "joe" });
    const byEd = parseJws(edDsa.token, "EdDSA") as Jws;
    expect(fitsPublicKey(byEd, "EdDSA", keyOfJwk(edDsa.key) as KeyObject)).toBe(true);
    // Its payload is a sentence, and no claims.
    expect(byEd.claims()).toBeUndefined();
    const spoilt = { ...byEc, signed: `${byEc.signed}A` };
    expect(fitsPublicKey(spoilt, "ES256", keyOfJwk(es256.key) as KeyObject)).toBe(false);
  });

  it("is taken by the provider's algorithm alone", () => {
    const made = makePublicJws("RS256", rsa.privateKey, { keyId: "k", claims });
    expect(parseJws(made, "RS256")).toMatchObject({ keyId: "k" });
    for (const other of ["HS256", "ES256", "EdDSA"] as const) {
      expect(parseJws(made, other)).toBeUndefined();
    }
    const none = `${encoded({ alg: "none" })}.${encoded(claims)}.`;
    for (const alg of ["HS256", "RS256", "ES256", "EdDSA"] as const) {
      expect(parseJws(none, alg)).toBeUndefined();
      expect(parseJws(`${none}AAAA`, alg)).toBeUndefined();
    }
  });

  it("is taken by any algorithm of an HMAC that the provider names, and judged by that one", () => {
    for (const [algorithm, hash] of [
      ["HS256", "sha256"],
      ["HS384", "sha384"],
      ["HS512", "sha512"],
    ] as const) {
      const signed = `${encoded({ alg: algorithm })}.${encoded(claims)}`;
      const sealed = (by: string) => createHmac(by, "s3cret").update(signed).digest("base64url");
      const jws = parseJws(`${signed}.${sealed(hash)}`, "HS256", "HS384", "HS512");
      expect(jws?.algorithm).toBe(algorithm);
      const judged = judgeHmacJws([{ name: "A", value: "s3cret" }], jws as Jws<"HS256">);
      expect(judged).toEqual({ kind: "verified", secret: "A" });
      const other = hash === "sha512" ? "sha384" : "sha512";
      expect(parseJws(`${signed}.${sealed(other)}`, "HS256", "HS384", "HS512")).toBeUndefined();
      if (algorithm !== "HS256")
        expect(parseJws(`${signed}.${sealed(hash)}`, "HS256")).toBeUndefined();
    }
  });

  it("signed with a public key as an HMAC's fits no public key", () => {
    const pem = rsa.publicKey.export({ format: "pem", type: "spki" }).toString();
    const confused = makeHmacJws(pem, claims) as string;
    expect(parseJws(confused, "RS256")).toBeUndefined();
    const jws = parseJws(confused, "HS256") as Jws<"HS256">;
    expect(judgeHmacJws([{ name: "A", value: "the-secret" }], jws).kind).toBe("rejected");
  });

  it("fits no key of another kind, curve or id", () => {
    const made = parseJws(makePublicJws("ES256", ec.privateKey, { keyId: "k", claims }), "ES256");
    expect(fitsPublicKey(made as Jws, "ES256", ec.publicKey)).toBe(true);
    expect(fitsPublicKey(made as Jws, "ES256", rsa.publicKey)).toBe(false);
    const other = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    expect(fitsPublicKey(made as Jws, "ES256", other.publicKey)).toBe(false);
    const set = JSON.stringify({ keys: [{ ...ec.publicKey.export({ format: "jwk" }), kid: "k" }] });
    expect(keyOfSet(set, "k")?.equals(ec.publicKey)).toBe(true);
    expect(keyOfSet(set, "other")).toBeUndefined();
  });

  it.each([
    ["two parts", (token: string) => token.split(".").slice(0, 2).join(".")],
    ["four parts", (token: string) => `${token}.x`],
    ["padding", (token: string) => `${token}=`],
    [
      "another last character of the same bytes",
      (token: string) => token.slice(0, -1) + sibling(token),
    ],
    ["a critical extension", (token: string) => withHeader(token, { alg: "HS256", crit: ["b64"] })],
    ["a key id that is no text", (token: string) => withHeader(token, { alg: "HS256", kid: 1 })],
    [
      "a header that is no object",
      (token: string) => `${encoded([])}.${token.split(".").slice(1).join(".")}`,
    ],
    ["an algorithm in lower case", (token: string) => withHeader(token, { alg: "hs256" })],
  ])("with %s is none", (_, change) => {
    const token = makeHmacJws("the-secret", claims) as string;
    const taken = parseJws(change(token), "HS256");
    const fits = taken && judgeHmacJws([{ name: "A", value: "the-secret" }], taken).kind;
    expect(fits ?? "rejected").toBe("rejected");
  });

  it("in a key set that can't be read has no key", () => {
    for (const text of ["", "[]", "null", '{"keys":{}}', '{"keys":[null,{"kid":"k"}]}']) {
      expect(keyOfSet(text, "k")).toBeUndefined();
    }
    const privateJwk = { ...ec.privateKey.export({ format: "jwk" }), kid: "k" };
    expect(keyOfJwk(privateJwk)).toBeUndefined();
    expect(createPublicKey({ key: privateJwk, format: "jwk" }).type).toBe("public");
  });
});

describe("the times of a token", () => {
  const at = (seconds: number) => ({ now: seconds * 1000, toleranceSeconds: 300 });

  it("are its end and its beginning, give or take a minute", () => {
    expect(judgeTimes({ exp: 1_000 }, at(1_060), false)).toBeUndefined();
    expect(judgeTimes({ exp: 1_000 }, at(1_061), false)).toMatchObject({
      code: "TIMESTAMP_TOO_OLD",
    });
    expect(judgeTimes({ nbf: 1_000 }, at(940), false)).toBeUndefined();
    expect(judgeTimes({ nbf: 1_000 }, at(939), false)).toMatchObject({
      code: "TIMESTAMP_IN_FUTURE",
    });
    expect(judgeTimes({ exp: "never" }, at(1), false)).toMatchObject({ code: "INVALID_FORMAT" });
  });

  it("must have the instant that it was made, where that is judged", () => {
    expect(judgeTimes({}, at(1_000), true)).toMatchObject({ code: "INVALID_FORMAT" });
    expect(judgeTimes({ iat: 1_000 }, at(1_301), true)).toMatchObject({
      code: "TIMESTAMP_TOO_OLD",
    });
    expect(judgeTimes({ iat: 1_000 }, at(1_300), true)).toBeUndefined();
  });
});

/** The last character of 32 bytes in base64url has two bits to spare. */
function sibling(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const at = alphabet.indexOf(token.slice(-1));
  return alphabet[at ^ 1] as string;
}

function withHeader(token: string, header: object): string {
  return [encoded(header), ...token.split(".").slice(1)].join(".");
}
