/** Deployed functions: their names, and the variables of their environments. */
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";

/** The name that CloudFormation made of a stack's function. */
export async function functionNamed(stack: string, title: string): Promise<string> {
  const { Functions = [] } = await new LambdaClient().send(new ListFunctionsCommand());
  const names = Functions.flatMap(({ FunctionName = "" }) => FunctionName);
  const [found] = names.filter((name) => name.startsWith(stack) && name.includes(title));
  if (found === undefined) throw new Error(`No function ${title} in ${names.join(", ")}.`);
  return found;
}

/** Adds variables to those of a stack's function. Returns what puts back those that were there. */
export async function setFunctionVariables(
  stack: string,
  title: string,
  variables: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const client = new LambdaClient();
  const FunctionName = await functionNamed(stack, title);
  const { Environment } = await client.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const before = Environment?.Variables ?? {};
  const put = async (Variables: Readonly<Record<string, string>>) => {
    const change = { FunctionName, Environment: { Variables } };
    await client.send(new UpdateFunctionConfigurationCommand(change));
  };
  await put({ ...before, ...variables });
  return () => put(before);
}
