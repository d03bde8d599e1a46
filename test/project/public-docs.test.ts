/** Each public export says what it is: an editor shows nothing else. */
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";

const entries = [
  "src/index.ts",
  "src/providers/index.ts",
  "src/destinations/index.ts",
  "src/cdk/index.ts",
];

test("each public export has a JSDoc comment", () => {
  const program = ts.createProgram(
    entries.map((entry) => join(root, entry)),
    { module: ts.ModuleKind.NodeNext, allowImportingTsExtensions: true, noEmit: true, types: [] },
  );
  const checker = program.getTypeChecker();
  const bare = entries.flatMap((entry) => {
    const file = program.getSourceFile(join(root, entry));
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry} exports nothing`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => resolved(checker, symbol))
      .filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
      .map((symbol) => `${entry}: ${symbol.name}`);
  });
  expect(bare).toEqual([]);
});

function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}
