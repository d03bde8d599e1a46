/** What stands in a table of the emulator. */
import { type AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";

/** All items of a small table. */
export async function itemsOf(
  table: string | undefined,
): Promise<readonly Record<string, AttributeValue>[]> {
  const { Items = [] } = await new DynamoDBClient().send(
    new ScanCommand({ TableName: table, ConsistentRead: true }),
  );
  return Items;
}
