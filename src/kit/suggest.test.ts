import { describe, expect, it } from "vitest";
import { adviceAmongMany, hintFor, nearest } from "./suggest.ts";

describe("a suggestion", () => {
  it("is the nearest word, whatever its capitals", () => {
    expect(nearest("toleranceSecond", ["path", "toleranceSeconds"])).toBe("toleranceSeconds");
    expect(nearest("STRIPE", ["github", "stripe"])).toBe("stripe");
    expect(nearest("tpyes", ["types", "to"])).toBe("types");
  });

  it("is a word that begins so, where none is near", () => {
    expect(nearest("tolerance", ["path", "toleranceSeconds"])).toBe("toleranceSeconds");
    expect(nearest("to", ["toleranceSeconds"])).toBeUndefined();
  });

  it("is not made where nothing is near", () => {
    expect(nearest("kafka", ["stripe", "github"])).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  it("becomes a hint, else the hint lists what is known", () => {
    expect(hintFor("strpe", ["stripe"])).toBe('did you mean "stripe"?');
    expect(hintFor("kafka", ["stripe", "github"])).toBe("known: stripe, github");
    expect(hintFor("kafka", [])).toBe("there is none");
  });

  it("among many words names the near one only, and where the others are", () => {
    const many = ["stripe", "github"];
    expect(adviceAmongMany("strpe", many, "See a.")).toBe('Did you mean "stripe"? See a.');
    expect(adviceAmongMany("kafka", many, "See a.")).toBe("See a.");
  });
});
