/** Parameters of Parameter Store that hold plain text. */
import { GatewayError, messageOf } from "../../core/errors.ts";
import { sdk, shortWaits } from "./sdk.ts";

/** As many as AWS gives at once. */
const atOnce = 10;

/** Reads parameters, in no particular order. Throws STORE_UNAVAILABLE where one can't be read. */
export async function readParameters(names: readonly string[]): Promise<readonly string[]> {
  const { SSMClient, GetParametersCommand } = await sdk(
    "@aws-sdk/client-ssm",
    () => import("@aws-sdk/client-ssm"),
  );
  const client = new SSMClient({ requestHandler: shortWaits });
  const groups = Array.from({ length: Math.ceil(names.length / atOnce) }, (_, n) =>
    names.slice(n * atOnce, (n + 1) * atOnce),
  );
  try {
    const answers = await Promise.all(
      groups.map((Names) => client.send(new GetParametersCommand({ Names }))),
    );
    const missing = answers.flatMap(({ InvalidParameters = [] }) => InvalidParameters);
    if (missing.length > 0) throw new Error(`there is no ${missing.join(", ")}`);
    return answers.flatMap(({ Parameters = [] }) => Parameters.map(({ Value = "" }) => Value));
  } catch (error) {
    const text = `What the stack tells by parameters can't be read: ${messageOf(error)}`;
    throw new GatewayError("STORE_UNAVAILABLE", text, { cause: error });
  } finally {
    client.destroy();
  }
}
