// Reads the interfaces of src/store/schema/tables.ts and its neighbours as data, to compare them with the real schema.
import { readFileSync } from 'node:fs';
import { isNode, type Node, nameOf, nodesOf, stringOf } from './source-files.ts';

export interface ColumnTypeRead {
  /** `table.column`, with its names in SQL. */
  name: string;
  type: string;
  isNullable: boolean;
  mayBeLeftOut: boolean;
  /** The values of a union of strings, sorted; empty for every other type. */
  values: string[];
}

/** The files that declare tables, each with the name of its interface. */
const sources = [
  ['tables.ts', 'Tables'],
  ['recovery-tables.ts', 'RecoveryTables'],
  ['price-tables.ts', 'PriceTables'],
  ['ledger-tables.ts', 'LedgerTables'],
  ['watch-tables.ts', 'WatchTables'],
  ['blame-tables.ts', 'BlameTables'],
  ['forge-tables.ts', 'ForgeTables'],
  ['spec-tables.ts', 'SpecTables'],
  ['learning-tables.ts', 'LearningTables'],
  ['schedule-tables.ts', 'ScheduleTables'],
  ['candidate-tables.ts', 'CandidateTables'],
  ['joint-tables.ts', 'JointTables'],
  ['push-tables.ts', 'PushTables'],
] as const;
const store = new URL('../src/store/schema/', import.meta.url);
const domain = new URL('../src/domain/', import.meta.url);

/** The wrapper types of tables.ts, with what each adds to the wrapped type. */
const wrappers: Readonly<Record<string, { isNullable: boolean; mayBeLeftOut: boolean }>> = {
  Generated: { isNullable: false, mayBeLeftOut: true },
  WithDefault: { isNullable: false, mayBeLeftOut: true },
  Optional: { isNullable: true, mayBeLeftOut: true },
  OptionalJson: { isNullable: true, mayBeLeftOut: true },
  Json: { isNullable: false, mayBeLeftOut: false },
};
const ids = /^(ProjectId|WorkOrderId|RunId|SessionId|ReservationId)$/;

export function readTableTypes(): ColumnTypeRead[] {
  return sources.flatMap(([file, declaration]) => readFile(file, declaration));
}

function readFile(file: string, declaration: string): ColumnTypeRead[] {
  const text = readFileSync(new URL(file, store), 'utf8');
  const nodes = nodesOf({ path: `src/store/schema/${file}`, text });
  const aliases = new Map([...aliasesOf(nodes, text), ...domainLists()]);
  const [root] = nodes.filter(
    (node) => node.type === 'TSInterfaceDeclaration' && nameOf(node.id) === declaration,
  );
  const members = isNode(root?.body) ? listOf(root.body.body) : [];
  return members.flatMap((table) =>
    listOf(annotationOf(table)?.members).map((column) => ({
      name: `${snake(nameOf(table.key))}.${snake(nameOf(column.key))}`,
      ...readColumn(annotationOf(column), text, aliases),
    })),
  );
}

function readColumn(
  node: Node | undefined,
  text: string,
  aliases: ReadonlyMap<string, string[]>,
): Omit<ColumnTypeRead, 'name'> {
  if (!node) throw new Error('A column has no type');
  const name = node.type === 'TSTypeReference' ? nameOf(node.typeName) : null;
  const given = isNode(node.typeArguments) ? listOf(node.typeArguments.params) : [];
  const [first, inserted] = given;
  if (name === 'At') return { type: 'Date', isNullable: false, mayBeLeftOut: true, values: [] };
  if (name === 'ColumnType' && inserted) {
    // A column that is written as text and read as another type is JSON.
    const mayBeLeftOut = text.slice(inserted.start, inserted.end).includes('undefined');
    return { type: 'json', isNullable: false, mayBeLeftOut, values: [] };
  }
  const wrapper = name === null ? undefined : wrappers[name];
  if (wrapper && first) {
    if (name === 'Json' || name === 'OptionalJson') return { type: 'json', ...wrapper, values: [] };
    return { ...wrapper, ...readPlain(first, text, aliases) };
  }
  return { isNullable: false, mayBeLeftOut: false, ...readPlain(node, text, aliases) };
}

function readPlain(
  node: Node,
  text: string,
  aliases: ReadonlyMap<string, string[]>,
): { type: string; values: string[] } {
  const written = text.slice(node.start, node.end);
  const values = aliases.get(written) ?? literalsOf(node);
  if (values.length > 0) return { type: 'string', values };
  return { type: ids.test(written) ? 'string' : written, values: [] };
}

function aliasesOf(nodes: readonly Node[], text: string): Array<[string, string[]]> {
  return nodes
    .filter((node) => node.type === 'TSTypeAliasDeclaration')
    .map((node): [string, string[]] => [
      nameOf(node.id) ?? text,
      isNode(node.typeAnnotation) ? literalsOf(node.typeAnnotation) : [],
    ])
    .filter(([, values]) => values.length > 0);
}

/** Finds `export const statuses = […] as const; export type Status = (typeof statuses)[number]` in these files. */
function domainLists(): Array<[string, string[]]> {
  return [
    'candidate.ts',
    'egress.ts',
    'escalation.ts',
    'failure.ts',
    'joint-change.ts',
    'login.ts',
    'plan/stack-plan.ts',
    'schedule.ts',
    'session.ts',
    'spec-run-state.ts',
    'transitions.ts',
  ].flatMap((file) => {
    const text = readFileSync(new URL(file, domain), 'utf8');
    const types = text.matchAll(/export type (\w+) = \(typeof (\w+)\)\[number\]/g);
    return [...types].map(([, type = '', list = '']): [string, string[]] => {
      const [, values = ''] = new RegExp(`const ${list} = \\[([^\\]]*)\\] as const`).exec(text) ?? [];
      return [type, [...values.matchAll(/'([^']+)'/g)].map(([, value = '']) => value).sort()];
    });
  });
}

function literalsOf(node: Node): string[] {
  const parts = node.type === 'TSUnionType' ? listOf(node.types) : [node];
  const values = parts.map((part) => (part.type === 'TSLiteralType' ? stringOf(part.literal) : null));
  return values.every((value) => value !== null) ? values.sort() : [];
}

function annotationOf(node: Node): Node | undefined {
  const outer = node.typeAnnotation;
  const inner = isNode(outer) ? outer.typeAnnotation : undefined;
  return isNode(inner) ? inner : undefined;
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function snake(name: string | null): string {
  return (name ?? '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
