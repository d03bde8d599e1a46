import { describe, expect, test } from "vitest";
import { type Column, facts, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

type Row = { readonly id: string; readonly type: string; readonly note?: string };

const id = "01a1fbe7-fd7c-7000-80b0-f7de23f5f85f";
const columns: readonly Column<Row>[] = [
  { title: "ID", of: (row) => row.id },
  { title: "TYPE", of: ({ type }) => type, least: 8 },
  { title: "NOTE", of: ({ note }) => note },
];

function terminalOf(width: number): Terminal {
  return { columns: width, isNarrow: width < 60, isTty: true, paint: (_tone, text) => text };
}

describe("a table", () => {
  test("cuts what may be cut, never an id, and leaves out empty columns", () => {
    const rows = [{ id, type: "customer.subscription.created" }];
    expect(table(rows, columns, terminalOf(Number.POSITIVE_INFINITY))).toBe(
      `ID                                    TYPE\n${id}  customer.subscription.created`,
    );
    expect(table(rows, columns, terminalOf(60))).toBe(
      `ID                                    TYPE\n${id}  customer.subscription…`,
    );
  });

  test("becomes blocks where it can't fit, and on a narrow terminal", () => {
    const rows = [
      { id, type: "a", note: "n".repeat(40) },
      { id: "2", type: "b" },
    ];
    const blocks = `id: ${id}\ntype: a\nnote: ${"n".repeat(40)}\n\nid: 2\ntype: b`;
    expect(table(rows, columns, terminalOf(80))).toBe(blocks);
    expect(table(rows, columns, terminalOf(40))).toBe(blocks);
  });

  test("puts what may stand below there before it cuts anything else", () => {
    const movable: readonly Column<Row>[] = [
      { title: "ID", of: (row) => row.id, below: true },
      { title: "TYPE", of: ({ type }) => type, least: 8 },
      { title: "NOTE", of: ({ note }) => note, least: 8, below: true },
    ];
    const rows = [
      { id, type: "customer.subscription.created", note: "n".repeat(80) },
      { id, type: "a" },
    ];
    expect(table(rows, movable, terminalOf(60))).toBe(
      `TYPE\ncustomer.subscription.created\n  ${id}\n  ${"n".repeat(57)}…\na\n  ${id}`,
    );
    expect(table(rows, movable, terminalOf(80)).split("\n")).toEqual([
      `${"ID".padEnd(38)}TYPE${" ".repeat(27)}NOTE`,
      `${id}  customer.subscription.created  ${"n".repeat(10)}…`,
      `${id}  a`,
    ]);
  });

  test("makes control characters visible, so that a sender can't steer the terminal", () => {
    const rows = [{ id: "1", type: "\u001b]0;owned\u0007\nx" }];
    expect(table(rows, columns, terminalOf(80))).toContain("\\x1b]0;owned\\x07\\x0ax");
  });
});

test("facts leave out what is undefined", () => {
  const entries = [
    ["id", "1"],
    ["reason", undefined],
    ["source", "shop"],
  ] as const;
  expect(facts(entries, terminalOf(80))).toBe("id      1\nsource  shop");
  expect(facts(entries, terminalOf(40))).toBe("id: 1\nsource: shop");
});
