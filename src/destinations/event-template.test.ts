import { describe, expect, it } from "vitest";
import { eventOf, parcelOf } from "./conformance.ts";
import { filled, templateText } from "./event-template.ts";
import { fifoInput } from "./fifo.ts";

describe("a template", () => {
  const body = Buffer.from('{"a":{"b":[7,"x"]},"empty":"","no":null}');
  const parcel = parcelOf({ body });

  it.each([
    ["{eventId}", "evt_1"],
    ["{id}", eventOf({}).id],
    ["{source}/{provider}/{type}", "shop/hmac/order.paid"],
    ["{year}-{month}-{day} {timestamp}", "2023-11-14 2023-11-14T22:13:20.000Z"],
    ["{deliveryId}", parcelOf().deliveryId],
    ["{params.tenant}", "acme"],
    ["{payload.a.b.0} {payload.a.b.1}", "7 x"],
    ["no parts, $& and $1", "no parts, $& and $1"],
    ["{payload.empty|payload.no|type} {payload.a.b.1|type}", "order.paid x"],
    ["{payload.empty|payload.no}", undefined],
    ["{payload.empty}", undefined],
    ["{payload.no}", undefined],
    ["{payload.a}", undefined],
    ["{payload.constructor.name}", undefined],
    ["{params.toString}", undefined],
  ])("%s is %j", (template, text) => {
    expect(filled(template, parcel)).toBe(text);
  });

  it("has a value of the event's that looks like a part, or like a replacement, as it is", () => {
    const event = eventOf({ type: "{source} $& $1" });
    expect(filled("{type}", parcelOf({ event }))).toBe("{source} $& $1");
  });

  it.each([
    "{unknown}",
    "{payload}",
    "{params}",
    "{}",
    "{ id }",
    "{constructor}",
    "{type|}",
    "{type|no}",
    "",
  ])("can't be %j", (text) => {
    expect(templateText.safeParse(text).success).toBe(false);
  });
});

describe("a message group", () => {
  it.each([
    [{ isFifo: false }, {}],
    [{ isFifo: false, group: "{source}" }, { MessageGroupId: "shop" }],
    [{ isFifo: true }, { MessageGroupId: "shop", MessageDeduplicationId: eventOf({}).id }],
    [
      { isFifo: true, group: "zwei Wörter", deduplicationId: "{type}" },
      { MessageGroupId: "zwei%20W%C3%B6rter", MessageDeduplicationId: "order.paid" },
    ],
  ])("of %j is %j", (given, expected) => {
    expect(fifoInput(parcelOf(), given)).toEqual(expected);
  });

  it("of a long text is short, and differs where the text does", () => {
    const groups = ["a", "b"].map((end) => {
      const input = fifoInput(parcelOf(), { isFifo: true, group: `${"ö".repeat(200)}${end}` });
      return "kind" in input ? undefined : input.MessageGroupId;
    });
    expect(new Set(groups).size).toBe(2);
    for (const group of groups) expect(group).toMatch(/^[\x21-\x7e]{1,128}$/);
  });
});
