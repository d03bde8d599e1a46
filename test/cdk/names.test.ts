/** Two deployments of one app in one account and region: their suffix is all that they differ by, so no name may be the same. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";

type Resource = {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
};

/** Their names are of what they belong to: a role, an API. */
const ofOwner = [
  "AWS::IAM::Policy",
  "AWS::ApiGateway::Authorizer",
  "AWS::ApiGateway::Stage",
  "AWS::ApiGatewayV2::Stage",
];

const examples = {
  "handlers-on-lambda": "infrastructure/webhooks.ts",
  "live-payments": "bin/app.ts",
  "payments-archive": "bin/app.ts",
  "stripe-customers": "bin/app.ts",
  "stripe-to-salesforce": "bin/app.ts",
} as const;

/** Runs an example's app as the CDK does, without bundling; the templates of its stacks. */
function templatesOf(example: string, app: string, environmentSuffix: string): readonly string[] {
  const out = mkdtempSync(join(tmpdir(), "surehook-names-"));
  const context = { environmentSuffix, "aws:cdk:bundling-stacks": [] };
  execFileSync(process.execPath, ["--no-warnings", "--conditions=surehook-source", app], {
    cwd: join(root, "examples", example),
    env: { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
  return readdirSync(out)
    .filter((file) => file.endsWith(".template.json"))
    .map((file) => readFileSync(join(out, file), "utf8"));
}

/** Names that don't come from CloudFormation, with their types; exports too. */
function fixedNames(template: string): readonly string[] {
  const { Resources, Outputs = {} } = JSON.parse(template) as {
    readonly Resources: Readonly<Record<string, Resource>>;
    readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name: unknown } }>>;
  };
  const ofResources = Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
    ofOwner.includes(Type)
      ? []
      : Object.entries(Properties).flatMap(([property, value]) =>
          property === "Name" || isNameOf(Type, property)
            ? [`${Type} ${JSON.stringify(value)}`]
            : [],
        ),
  );
  const exported = Object.values(Outputs).flatMap(({ Export }) =>
    Export === undefined ? [] : [`Export ${JSON.stringify(Export.Name)}`],
  );
  return [...ofResources, ...exported];
}

/** `TableName` of a table is its own; that of something else refers to one. */
function isNameOf(type: string, property: string): boolean {
  const kind = type.split("::").at(-1) ?? "";
  return property.endsWith("Name") && kind.endsWith(property.slice(0, -"Name".length));
}

describe.each(Object.entries(examples))("two suffixes of %s", (example, app) => {
  const [dev = [], prod = []] = ["dev", "prod"].map((suffix) =>
    templatesOf(example, app, suffix).flatMap(fixedNames),
  );

  it("share no name", () => {
    expect(dev).toHaveLength(prod.length);
    expect(dev.filter((name) => prod.includes(name))).toEqual([]);
  });

  it("name their bus and their API after their stack", () => {
    for (const type of ["AWS::Events::EventBus", "AWS::ApiGateway::RestApi"]) {
      expect(dev.filter((name) => name.startsWith(`${type} `))).toEqual([
        expect.stringMatching(/-dev-\w+"$/),
      ]);
    }
  });
});
