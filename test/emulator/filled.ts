/** Fills a secret of a deployed stack, as its user does. */
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

/** Puts fields into a secret of JSON. */
export async function fillSecret(
  SecretId: string | undefined,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const SecretString = JSON.stringify(fields);
  await new SecretsManagerClient().send(new PutSecretValueCommand({ SecretId, SecretString }));
}
