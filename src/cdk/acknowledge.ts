import { Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Acknowledges findings of cdk-nag's AwsSolutions pack on a construct and what is below it: each with its reason. */
export function acknowledge(scope: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    Validations.of(scope).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  }
}

/** Acknowledges a resource with a `*` in a policy below a construct. */
export function acknowledgeWildcard(
  scope: IConstruct,
  { resource, reason }: { readonly resource: string; readonly reason: string },
): void {
  acknowledge(scope, { [`IAM5[Resource::${written(Stack.of(scope).resolve(resource))}]`]: reason });
}

/** A resource as cdk-nag writes it: `<LogicalId.Arn>/*`. */
function written(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(written).join("");
  const [[name, inner] = []] = Object.entries(value ?? {});
  if (name === "Fn::Join" && Array.isArray(inner)) return written(inner[1]);
  return Array.isArray(inner) ? `<${inner.join(".")}>` : `<${inner}>`;
}
