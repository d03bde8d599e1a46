import { expect, it } from "vitest";
import { isNetwork } from "./network.ts";

it("a network is an address or a range of them, written in full", () => {
  const good = ["10.0.0.0/8", "1.2.3.4", "::1", "::1/128", "2001:db8::/32", "::ffff:1.2.3.4"];
  const bad = ["127/8", "127", "10.1/16", "0x7f.1", "10.0.0.0/33", "10/", "localhost", ""];
  expect([...good, ...bad].filter(isNetwork)).toEqual(good);
});
