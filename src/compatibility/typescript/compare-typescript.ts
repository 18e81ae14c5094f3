// Compares two versions of a TypeScript module: what breaks code that imports it. The compiler decides what fits.
import ts from 'typescript-compiler';
import type { Findings, Pair } from '../comparison.ts';
import { TypeComparison } from './compare-types.ts';
import {
  checkSource,
  type Exported,
  exportedNames,
  isEnum,
  isType,
  isValue,
  typeParametersOf,
} from './exported-names.ts';
import { checkPath, globalsPath, standIn, VirtualProgram } from './virtual-program.ts';

export function compareTypescript(pair: Pair, findings: Findings): void {
  const virtual = new VirtualProgram(pair);
  const first = virtual.compile({});
  const globals = unknownGlobals(first, virtual);
  const check = checkSource(exportedIn(first, virtual), virtual.roots);
  const program = virtual.compile({ [globalsPath]: globals, [checkPath]: check });
  const checker = program.getTypeChecker();
  const exported = exportedIn(program, virtual);
  const types = new TypeComparison(checker, findings, new Set(exported.map(({ name }) => name)), virtual);
  const checks = program.getSourceFile(checkPath);
  const named = new Map(
    (checks ? exportsOf(checker, checks) : []).map((symbol) => [
      symbol.name,
      checker.getTypeOfSymbol(symbol),
    ]),
  );
  for (const [at, each] of exported.entries()) {
    findings.look(0);
    if (!each.after) {
      findings.add(each.name, kindOf(each.before), null, `${each.name} was removed.`);
      continue;
    }
    const [was, is] = [named.get(`before${at}`), named.get(`after${at}`)];
    compareOne(types, findings, checker, each as Required<Exported> & { after: ts.Symbol }, was, is);
  }
}

function exportedIn(program: ts.Program, { roots }: VirtualProgram): Exported[] {
  const checker = program.getTypeChecker();
  const [before, after] = [roots.before, roots.after].map((path) => {
    const file = program.getSourceFile(path);
    return file && checker.getSymbolAtLocation(file);
  });
  return before && after ? exportedNames(checker, before, after) : [];
}

function exportsOf(checker: ts.TypeChecker, file: ts.SourceFile): readonly ts.Symbol[] {
  const symbol = checker.getSymbolAtLocation(file);
  return symbol ? checker.getExportsOfModule(symbol) : [];
}

/** The compiler's errors about undeclared names, such as names of browser APIs. */
const unknownNames: ReadonlySet<number> = new Set([2304, 2552, 2580, 2582, 2583, 2584, 2591, 2593]);

function unknownGlobals(program: ts.Program, virtual: VirtualProgram): string {
  const own = program.getSourceFiles().filter(({ fileName }) => virtual.isOwn(fileName));
  const names = own.flatMap((file) =>
    program
      .getSemanticDiagnostics(file)
      .filter(({ code }) => unknownNames.has(code))
      .map(({ start = 0, length = 0 }) => file.text.slice(start, start + length)),
  );
  return [...new Set(names)].map((name) => standIn(name, 'globals', '')).join('\n');
}

function compareOne(
  types: TypeComparison,
  findings: Findings,
  checker: ts.TypeChecker,
  { name, before, after }: { name: string; before: ts.Symbol; after: ts.Symbol },
  typeBefore: ts.Type | undefined,
  typeAfter: ts.Type | undefined,
): void {
  const changed = (message: string) => findings.add(name, kindOf(before), kindOf(after), message);
  if (isEnum(before)) {
    if (isEnum(after)) compareEnums(findings, checker, name, before, after);
    else changed(`${name} is no longer an enum.`);
    return;
  }
  if (isType(before) && !isType(after)) changed(`${name} is no longer a type.`);
  else if (isValue(before) && !isValue(after)) changed(`${name} is no longer a value.`);
  else {
    const isClass = (before.flags & ts.SymbolFlags.Class) !== 0;
    const hasSameParameters = !isType(before) || compareParameters(name, before, after, changed);
    if (hasSameParameters && typeBefore && typeAfter)
      types.compareNamed(name, typeBefore, typeAfter, isClass ? 'read' : 'both');
    if (isValue(before))
      types.compareNamed(name, valueType(checker, before), valueType(checker, after), 'read');
  }
}

/** Returns whether both types accept the same type arguments. */
function compareParameters(
  name: string,
  before: ts.Symbol,
  after: ts.Symbol,
  changed: (message: string) => void,
): boolean {
  const [were, are] = [typeParametersOf(before), typeParametersOf(after)];
  const needed = are.filter((parameter) => parameter.default === undefined).length;
  if (are.length < were.length || needed > were.length) {
    changed(`${name} takes ${are.length} type parameters, before ${were.length}.`);
    return false;
  }
  const bound = (parameter: ts.TypeParameterDeclaration | undefined) =>
    parameter?.constraint?.getText() ?? 'none';
  for (const [at, was] of were.entries())
    if (bound(was) !== bound(are[at]) && are[at]?.constraint !== undefined)
      changed(
        `The type parameter ${was.name.text} of ${name} is bound by ${bound(are[at])}, before ${bound(was)}.`,
      );
  return true;
}

/** Widens the inferred type of a constant, so that its value does not count; a written type stays. */
function valueType(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Type {
  const type = checker.getTypeOfSymbol(symbol);
  const declaration = symbol.valueDeclaration;
  const isWritten = declaration && ts.isVariableDeclaration(declaration) && declaration.type !== undefined;
  return isWritten ? type : checker.getBaseTypeOfLiteralType(type);
}

function compareEnums(
  findings: Findings,
  checker: ts.TypeChecker,
  name: string,
  before: ts.Symbol,
  after: ts.Symbol,
): void {
  const [were, are] = [valuesOf(checker, before), valuesOf(checker, after)];
  for (const [key, value] of were) {
    const now = are.get(key);
    const member = `${name}.${key}`;
    if (now === undefined) findings.add(member, value, null, `${member} was removed.`);
    else if (now !== value) findings.add(member, value, now, `${member} is now ${now}, before ${value}.`);
  }
}

function valuesOf(checker: ts.TypeChecker, symbol: ts.Symbol): Map<string, string> {
  const members = (symbol.declarations ?? []).flatMap((each) =>
    ts.isEnumDeclaration(each) ? [...each.members] : [],
  );
  return new Map(
    members.map((each) => [each.name.getText(), JSON.stringify(checker.getConstantValue(each) ?? null)]),
  );
}

function kindOf(symbol: ts.Symbol): string {
  const [declaration] = symbol.declarations ?? [];
  return declaration?.getText().replace(/\s+/g, ' ').slice(0, 200) ?? symbol.name;
}
