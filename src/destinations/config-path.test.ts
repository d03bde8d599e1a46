import { resolve } from "node:path";
import { expect, test } from "vitest";
import { pathInConfig } from "./config-path.ts";

const url = "file:///srv/my%20gateway/surehook.config.ts";

test("a relative path is from the config's folder", () => {
  expect(pathInConfig("tls/cert.pem", url)).toBe("/srv/my gateway/tls/cert.pem");
  expect(pathInConfig("../kept", url)).toBe("/srv/kept");
});

test("an absolute one stays", () => {
  expect(pathInConfig("/etc/cert.pem", url)).toBe("/etc/cert.pem");
});

test("without a config file it is from the working directory", () => {
  expect(pathInConfig("kept", undefined)).toBe(resolve("kept"));
});
