/** cdk-nag's AwsSolutions pack finds nothing that isn't acknowledged with its reason. */
import { App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, it } from "vitest";
import { build, gatewayOf, gatewayOfEverything } from "./stacks.ts";

it("finds nothing in a gateway of one source", () => {
  expect(() => build({ gateway: gatewayOf() }, { nag: true }).app.synth()).not.toThrow();
});

it("finds nothing in a gateway that has everything", () => {
  const gateway = gatewayOfEverything();
  expect(() => build({ gateway, cdn: true }, { nag: true }).app.synth()).not.toThrow();
});

it("would find something", () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new Bucket(new Stack(app, "Open"), "Bucket");
  expect(() => app.synth()).toThrow("AwsSolutions-S1");
});
