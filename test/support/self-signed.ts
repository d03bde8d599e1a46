/** A certificate of this machine's own for `localhost`, made anew. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Where certificate and key lie, as `server.tls` takes them. */
export type OwnCertificate = { readonly certFile: string; readonly keyFile: string };

/** Makes a certificate and its key in a folder. */
export function selfSigned(folder: string): OwnCertificate {
  const keyFile = join(folder, "key.pem");
  const certFile = join(folder, "cert.pem");
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ...["-keyout", keyFile, "-out", certFile],
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${made.error ?? made.stderr}`);
  return { certFile, keyFile };
}
