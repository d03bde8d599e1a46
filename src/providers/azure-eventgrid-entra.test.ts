import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import type { VerifyInput } from "../core/types.ts";
import { judge, now, requestOf } from "./conformance-requests.ts";
import { azureEventgridEntra } from "./index.ts";
import { makePublicJws } from "./schemes/jws.ts";

const tenantId = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const other = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const login = "https://login.microsoftonline.com";
const eventGrid = "4962773b-9cdb-44cf-a8bf-237846a00ab7";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...createPublicKey(privateKey).export({ format: "jwk" }), kid: "k1" };
const keys = JSON.stringify({ keys: [jwk] });
const provider: Provider = azureEventgridEntra;
const secrets = [{ name: "APP", value: "api://webhooks" }];

const first = { iss: `https://sts.windows.net/${tenantId}/`, appid: eventGrid };
const second = { iss: `${login}/${tenantId}/v2.0`, azp: eventGrid };

function sent(claims: object) {
  const said = { aud: "api://webhooks", exp: now / 1000 + 600, ...claims };
  const token = makePublicJws("RS256", privateKey, { keyId: "k1", claims: said });
  return requestOf({ headers: ["Authorization", `Bearer ${token}`], body: Buffer.from("[]") });
}

const asked = (claims: object): readonly string[] => {
  const input = { request: sent(claims), options: { tenantId } } as VerifyInput;
  return provider.material?.(input).map(({ url }) => url) ?? [];
};

/** The keys of both addresses are the same, as at Microsoft. */
const found = new Map([
  [`${login}/${tenantId}/discovery/keys`, keys],
  [`${login}/${tenantId}/discovery/v2.0/keys`, keys],
]);
const verdict = (claims: object) =>
  judge({ provider, options: { tenantId }, material: { found, roots: [] } }, sent(claims), {
    secrets,
  });

describe("a token of Entra ID", () => {
  it("is taken in both versions, each by the keys of its own address", () => {
    expect(asked(first)).toEqual([`${login}/${tenantId}/discovery/keys`]);
    expect(asked(second)).toEqual([`${login}/${tenantId}/discovery/v2.0/keys`]);
    for (const claims of [first, second]) {
      expect(verdict(claims)).toEqual({ kind: "authenticated", secret: "APP" });
    }
  });

  it("of another tenant has no keys asked for, and is refused", () => {
    for (const iss of [
      `https://sts.windows.net/${other}/`,
      `${login}/${other}/v2.0`,
      `https://evil.example/${tenantId}/v2.0`,
      undefined,
    ]) {
      expect(asked({ ...second, iss })).toEqual([]);
      expect(verdict({ ...second, iss })).toMatchObject({ code: "INVALID_SIGNATURE" });
    }
  });

  it("of another application, for another, without an end or past it is refused", () => {
    const code = "INVALID_SIGNATURE";
    expect(verdict({ ...second, azp: other })).toMatchObject({ code });
    expect(verdict({ iss: second.iss })).toMatchObject({ code });
    expect(verdict({ ...second, azp: other, appid: eventGrid })).toMatchObject({ code });
    expect(verdict({ ...second, aud: "api://others" })).toMatchObject({ code });
    expect(verdict({ ...second, aud: ["api://webhooks"] })).toMatchObject({ code });
    expect(verdict({ ...second, exp: undefined })).toMatchObject({ code: "INVALID_FORMAT" });
    expect(verdict({ ...second, exp: now / 1000 - 600 })).toMatchObject({
      code: "TIMESTAMP_TOO_OLD",
    });
  });

  it("belongs to a tenant that is named by its id", () => {
    const wrong = (id: string) => azureEventgridEntra.conflicts?.({ tenantId: id });
    expect(wrong(tenantId)).toEqual([]);
    for (const id of ["contoso.onmicrosoft.com", tenantId.toUpperCase(), `${tenantId}/../x`]) {
      expect(wrong(id)).toMatchObject([{ option: "tenantId" }]);
    }
  });
});
