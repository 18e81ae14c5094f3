// The names that a module exports, in both versions, and stand-ins for the parameters of generic types.
import ts from 'typescript-compiler';

export interface Exported {
  /** The name with the names of its namespaces. */
  name: string;
  before: ts.Symbol;
  /** Undefined if it was removed. */
  after: ts.Symbol | undefined;
}

const namespacesMax = 8;

export function exportedNames(
  checker: ts.TypeChecker,
  before: ts.Symbol,
  after: ts.Symbol,
  prefix = '',
  depth = 0,
): Exported[] {
  const now = new Map(
    checker.getExportsOfModule(after).map((symbol) => [symbol.name, resolved(checker, symbol)]),
  );
  return checker.getExportsOfModule(before).flatMap((symbol) => {
    const was = resolved(checker, symbol);
    const found: Exported = { name: `${prefix}${symbol.name}`, before: was, after: now.get(symbol.name) };
    const isNamespace = (each: ts.Symbol) => (each.flags & ts.SymbolFlags.Module) !== 0;
    if (!isNamespace(was) || !found.after || !isNamespace(found.after) || depth >= namespacesMax)
      return [found];
    return [found, ...exportedNames(checker, was, found.after, `${found.name}.`, depth + 1)];
  });
}

const resolved = (checker: ts.TypeChecker, symbol: ts.Symbol) =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);

export function typeParametersOf(symbol: ts.Symbol): readonly ts.TypeParameterDeclaration[] {
  for (const declaration of symbol.declarations ?? [])
    if (
      ts.isInterfaceDeclaration(declaration) ||
      ts.isTypeAliasDeclaration(declaration) ||
      ts.isClassDeclaration(declaration)
    )
      return declaration.typeParameters ?? [];
  return [];
}

export const isType = ({ flags }: ts.Symbol) =>
  (flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class)) !== 0;
export const isEnum = ({ flags }: ts.Symbol) => (flags & ts.SymbolFlags.Enum) !== 0;
export const isValue = ({ flags }: ts.Symbol) =>
  (flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable | ts.SymbolFlags.Class)) !== 0;

/** A source that names both versions of each type, with the same type arguments. */
export function checkSource(exported: readonly Exported[], roots: { before: string; after: string }): string {
  const lines = [
    `import type * as Before from ${JSON.stringify(roots.before)};`,
    `import type * as After from ${JSON.stringify(roots.after)};`,
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((at) => `declare class P${at} { private readonly p${at}: true; }`),
  ];
  for (const [at, { name, before, after }] of exported.entries()) {
    if (!after || !isType(before) || !isType(after) || !/^[\w$.]+$/.test(name)) continue;
    const given = typeParametersOf(before).map(({ constraint }, place) =>
      constraint ? 'any' : `P${place % 8}`,
    );
    const args = given.length === 0 ? '' : `<${given.join(', ')}>`;
    lines.push(`export declare const before${at}: Before.${name}${args};`);
    lines.push(`export declare const after${at}: After.${name}${args};`);
  }
  return lines.join('\n');
}
