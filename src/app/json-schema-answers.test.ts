import { expect, it } from "vitest";
import { checkAmong, keyOf, type Validator } from "./json-schema-answers.ts";

const schema = { type: "object", required: ["id"] };
const validate: Validator = (payload) => {
  validate.errors = [{ instancePath: "/a~1b/0", message: "must be there" }, { instancePath: "" }];
  return payload === "fits";
};

it("finds a schema's validator by what the schema says, and says what it lacks", () => {
  const check = checkAmong({ [keyOf({ ...schema })]: validate })(schema);
  expect(check("fits")).toBeUndefined();
  expect(check({})).toEqual({ detail: "a/b.0: must be there; doesn't fit", isFault: false });
});

it("says what to do where a schema was not compiled", () => {
  const checkOf = checkAmong({ [keyOf(schema)]: validate });
  expect(() => checkOf({ ...schema, title: "another" })).toThrow(/deploy again/);
});
