import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressJudge, isPublicAddress, isRefusedHost } from "./public-address.ts";

describe("public addresses", () => {
  it.each(["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111"])(
    "%s is one",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ...[
      "0.0.0.0",
      "0.1.2.3",
      "10.1.2.3",
      "100.64.0.1",
      "100.100.100.200",
      "127.0.0.1",
      "127.9.9.9",
    ],
    ...[
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.0.0.192",
      "192.0.2.1",
      "192.88.99.1",
    ],
    ...["192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"],
    ...["255.255.255.255", "168.63.129.16"],
    ...["::", "::1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:7f00:1"],
    ...["64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::1", "2001::1", "2001:db8::1", "3fff::1"],
    ...["fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1"],
    ...["4000::1", "5f00::1", "localhost", ""],
  ])("%j is none", (address) => expect(isPublicAddress(address)).toBe(false));

  it("are never IPv4 addresses dressed as IPv6", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
        expect(isPublicAddress(`::ffff:${octets.join(".")}`)).toBe(false);
        expect(isPublicAddress(`64:ff9b::${octets.join(".")}`)).toBe(false);
      }),
    );
  });
});

describe("the judge of addresses", () => {
  it("allows all with true, public ones with false", () => {
    expect(addressJudge(true)("127.0.0.1")).toBe(true);
    expect(addressJudge(false)("127.0.0.1")).toBe(false);
  });

  it("allows the ranges of a list beside public addresses", () => {
    const isAllowed = addressJudge(["10.1.0.0/16", "192.168.0.7", "fd00::/8", "::1"]);
    const judged = [
      "10.1.9.9",
      "10.2.0.1",
      "192.168.0.7",
      "192.168.0.8",
      "fd12::1",
      "::1",
      "8.8.8.8",
    ];
    expect(judged.filter(isAllowed)).toEqual([
      "10.1.9.9",
      "192.168.0.7",
      "fd12::1",
      "::1",
      "8.8.8.8",
    ]);
    expect(isAllowed("::ffff:10.1.9.9")).toBe(false);
  });
});

describe("a URL's host", () => {
  it("is certainly refused where it is a private address, or a name of this machine", () => {
    const hosts = [
      "127.0.0.1",
      "10.0.0.5",
      "[::1]",
      "localhost",
      "app.localhost",
      "169.254.169.254",
    ];
    const others = ["example.com", "8.8.8.8", "localhost.example.com", "[2606:4700::1111]"];
    expect([...hosts, ...others].filter((host) => isRefusedHost(host, false))).toEqual(hosts);
  });

  it("isn't where its address is allowed", () => {
    expect(isRefusedHost("10.0.0.5", ["10.0.0.0/8"])).toBe(false);
    expect(isRefusedHost("localhost", ["::1"])).toBe(false);
    expect(isRefusedHost("localhost", ["10.0.0.0/8"])).toBe(true);
    expect(isRefusedHost("[::1]", true)).toBe(false);
  });
});
