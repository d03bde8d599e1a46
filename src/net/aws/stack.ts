import { GatewayError, messageOf } from "../../core/errors.ts";
import { sdk } from "./sdk.ts";

/** Outputs of a stack of CloudFormation, read with the caller's credentials. Throws STORE_UNSUITABLE where it can't be read. */
export async function stackOutputs(StackName: string): Promise<Readonly<Record<string, string>>> {
  const formation = await sdk(
    "@aws-sdk/client-cloudformation",
    () => import("@aws-sdk/client-cloudformation"),
  );
  const client = new formation.CloudFormationClient({});
  try {
    const { Stacks } = await client.send(new formation.DescribeStacksCommand({ StackName }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return Object.fromEntries(
      outputs.flatMap(({ OutputKey, OutputValue }) =>
        OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
      ),
    );
  } catch (cause) {
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The stack ${StackName} can't be read: ${messageOf(cause)} Check its name, the region and your AWS credentials.`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}
