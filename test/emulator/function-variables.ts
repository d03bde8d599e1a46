/** Variables of a deployed function's environment. */
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";

/**
 * Adds variables to those of a stack's function, which is found by the name that CloudFormation made. Returns
 * what puts back those that were there.
 */
export async function setFunctionVariables(
  stack: string,
  title: string,
  variables: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const client = new LambdaClient();
  const { Functions = [] } = await client.send(new ListFunctionsCommand());
  const names = Functions.flatMap(({ FunctionName = "" }) => FunctionName);
  const [FunctionName] = names.filter((name) => name.startsWith(stack) && name.includes(title));
  if (FunctionName === undefined) throw new Error(`No function ${title} in ${names.join(", ")}.`);
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const before = Environment?.Variables ?? {};
  const put = async (Variables: Readonly<Record<string, string>>) => {
    const change = { FunctionName, Environment: { Variables } };
    await client.send(new UpdateFunctionConfigurationCommand(change));
  };
  await put({ ...before, ...variables });
  return () => put(before);
}
