// Prepares a source for comparison: removes private members of classes, which would make two versions of a class
// incompatible, and exports everything if the source is not a module.
import ts from 'typescript-compiler';
import { type Side, Unreadable } from '../comparison.ts';

export interface Source {
  text: string;
  /** The imported names, by specifier. */
  imports: Map<string, Set<string>>;
}

export function prepareSource(path: string, text: string, side: Side): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const [wrong] = diagnosticsOf(file);
  if (wrong) {
    const { line } = file.getLineAndCharacterOfPosition(wrong.start);
    const said = ts.flattenDiagnosticMessageText(wrong.messageText, ' ').slice(0, 200);
    throw new Unreadable(side, `${path} is not TypeScript: ${said} (line ${line + 1})`);
  }
  const imports = new Map<string, Set<string>>();
  const cuts: [number, number][] = [];
  const visit = (node: ts.Node): void => {
    noteImport(node, imports);
    if (isHidden(node)) cuts.push([node.getStart(file), node.getEnd()]);
    else ts.forEachChild(node, visit);
  };
  visit(file);
  const shown = blanked(text, cuts).replace(silencers, (words) => ' '.repeat(words.length));
  return { text: ts.isExternalModule(file) ? shown : `${shown}\n${exportOf(file)}`, imports };
}

/** Comments that suppress the compiler's errors about unknown names. */
const silencers = /@ts-(?:nocheck|ignore|expect-error)/g;

/** Reads the parser's syntax errors from a property that is not in its published types. */
function diagnosticsOf(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[] {
  return (file as unknown as { parseDiagnostics?: ts.DiagnosticWithLocation[] }).parseDiagnostics ?? [];
}

/** A private member of a class, or the modifier that makes a constructor parameter a member. */
function isHidden(node: ts.Node): boolean {
  if (ts.isClassElement(node) && !ts.isConstructorDeclaration(node)) {
    const modifiers = ts.getCombinedModifierFlags(node);
    const isPrivate = (modifiers & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
    return isPrivate || (node.name !== undefined && ts.isPrivateIdentifier(node.name));
  }
  const isWord = node.kind === ts.SyntaxKind.PrivateKeyword || node.kind === ts.SyntaxKind.ProtectedKeyword;
  return isWord && ts.isParameter(node.parent);
}

function blanked(text: string, cuts: readonly [number, number][]): string {
  const parts: string[] = [];
  let at = 0;
  for (const [from, to] of cuts) {
    parts.push(text.slice(at, from), text.slice(from, to).replace(/[^\n]/g, ' '));
    at = to;
  }
  return [...parts, text.slice(at)].join('');
}

function noteImport(node: ts.Node, imports: Map<string, Set<string>>): void {
  const add = (specifier: ts.Node | undefined, names: readonly string[]) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const known = imports.get(specifier.text) ?? new Set();
    for (const name of names) known.add(name);
    imports.set(specifier.text, known);
  };
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    const names = bindings && ts.isNamedImports(bindings) ? bindings.elements.map(importedName) : [];
    add(node.moduleSpecifier, node.importClause?.name ? [...names, 'default'] : names);
  } else if (ts.isExportDeclaration(node)) {
    const clause = node.exportClause;
    add(node.moduleSpecifier, clause && ts.isNamedExports(clause) ? clause.elements.map(importedName) : []);
  } else if (ts.isImportTypeNode(node)) {
    const from = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    const { qualifier } = node;
    add(from, qualifier && ts.isIdentifier(qualifier) ? [qualifier.text] : []);
  }
}

const importedName = ({ propertyName, name }: ts.ImportSpecifier | ts.ExportSpecifier) =>
  (propertyName ?? name).text;

/** Exports the global names of a script, so that two versions of it can be modules in one program. */
function exportOf(file: ts.SourceFile): string {
  const names = file.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText(file));
    const { name } = statement as ts.DeclarationStatement;
    return name && ts.isIdentifier(name) ? [name.text] : [];
  });
  return `export { ${[...new Set(names.filter((name) => /^[\w$]+$/.test(name)))].join(', ')} };`;
}
