/** In each test process: the emulator is where the SDK looks, and its certificate is trusted. */
import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inject } from "vitest";

const emulator = inject("emulator");
if (emulator !== undefined) {
  Object.assign(process.env, emulator.env);
  // NODE_EXTRA_CA_CERTS is read at a process's start, which is over: it is for those started from here.
  setDefaultCACertificates([
    ...getCACertificates("default"),
    readFileSync(emulator.certFile, "utf8"),
  ]);
}
