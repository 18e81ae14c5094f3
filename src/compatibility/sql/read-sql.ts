// Applies the definitions of an SQL file or migration in memory: which tables, columns, types and views exist at the
// end, and what it does to tables that it did not create itself.
import type { Findings } from '../comparison.ts';
import { addChecks, type Checks } from './read-checks.ts';
import { type Column, readColumn, readType } from './read-column.ts';
import { spelled, splitSql, type Word, Words } from './split-sql.ts';

export interface Outside {
  member: string;
  after: string | null;
  message: string;
}

export interface SqlState {
  tables: Map<string, Map<string, Column>>;
  /** The values of each enum. */
  enums: Map<string, Set<string>>;
  views: Set<string>;
  /** The check constraints of each table. */
  checks: Map<string, Checks>;
  /** Breaking changes to tables that were created elsewhere, such as in an earlier migration. */
  outside: Outside[];
}

export function readSql(text: string, findings: Findings, isPlainBackslash = false): SqlState {
  const state: SqlState = {
    tables: new Map(),
    enums: new Map(),
    views: new Set(),
    checks: new Map(),
    outside: [],
  };
  for (const statement of splitSql(text, isPlainBackslash)) {
    findings.look(0);
    const words = new Words(statement);
    if (words.take('create')) create(state, words);
    else if (words.take('drop')) drop(state, words);
    else if (words.take('alter', 'table')) alterTable(state, words, findings);
    else if (words.take('alter', 'type')) alterType(state, words);
    else if (words.take('rename', 'table')) renameWritten(state, words);
    else if (words.take('do')) runBlock(state, statement);
  }
  return state;
}

/** Blocks that run immediately are not analysed: one that may change tables counts as if it does. */
function runBlock(state: SqlState, statement: readonly Word[]): void {
  const body = statement.find(
    ({ text, isQuoted }) => isQuoted && /\b(?:alter|drop|rename|execute)\b/i.test(text),
  );
  if (body) outside(state, 'do', body.text, 'A block changes tables in a way that Moose does not analyse.');
}

function create(state: SqlState, words: Words): void {
  while (words.takeAny('or', 'replace', 'global', 'local', 'temp', 'temporary', 'unlogged', 'materialized'));
  if (words.take('table')) {
    words.take('if', 'not', 'exists');
    const name = words.name();
    if (words.take('(') && !state.tables.has(name)) {
      const checks: Checks = new Map();
      state.tables.set(name, columnsIn(words, checks));
      state.checks.set(name, checks);
    }
  } else if (words.take('view')) {
    words.take('if', 'not', 'exists');
    state.views.add(words.name());
  } else if (words.take('type')) {
    const name = words.name();
    if (words.take('as', 'enum', '(')) state.enums.set(name, new Set(items(words).map(textOf)));
  }
}

/** The first words of table elements that are not columns. */
const constraints = [
  'constraint',
  'primary',
  'unique',
  'foreign',
  'check',
  'exclude',
  'like',
  'index',
  'key',
  'fulltext',
];

function columnsIn(words: Words, checks: Checks): Map<string, Column> {
  const columns = new Map<string, Column>();
  for (const item of items(words)) {
    const inner = new Words(item);
    addChecks(checks, item);
    if (constraints.includes(inner.peek())) {
      if (inner.take('constraint')) inner.next();
      if (inner.take('primary', 'key', '('))
        for (const key of items(inner)) {
          const column = columns.get(textOf(key.slice(0, 1)));
          if (column) column.mayBeNull = false;
        }
    } else columns.set(inner.next(), readColumn(item.slice(1)));
  }
  return columns;
}

const textOf = (words: readonly Word[]) => words.map(spelled).join(' ');

function items(words: Words): Word[][] {
  const found: Word[][] = [];
  do {
    const item = words.item();
    if (item.length > 0) found.push(item);
  } while (words.take(','));
  return found;
}

function drop(state: SqlState, words: Words): void {
  words.take('materialized');
  const kind = words.next();
  if (kind === 'schema') {
    words.take('if', 'exists');
    const name = words.next();
    outside(state, name, null, `The schema ${name} is dropped.`);
    return;
  }
  if (kind !== 'table' && kind !== 'view' && kind !== 'type') return;
  words.take('if', 'exists');
  const known = { table: state.tables, view: state.views, type: state.enums }[kind];
  do {
    const name = words.name();
    if (!known.delete(name)) outside(state, name, null, `The ${kind} ${name} is dropped.`);
  } while (words.take(','));
}

function outside(state: SqlState, member: string, after: string | null, message: string): void {
  state.outside.push({ member, after, message });
}

function renameWritten(state: SqlState, words: Words): void {
  const from = words.name();
  words.take('to');
  renameTable(state, from, words.name());
}

function renameTable(state: SqlState, from: string, to: string): void {
  const columns = state.tables.get(from);
  if (!columns) outside(state, from, to, `The table ${from} is renamed to ${to}.`);
  else {
    state.tables.delete(from);
    state.tables.set(to, columns);
    state.checks.set(to, state.checks.get(from) ?? new Map());
  }
}

function alterTable(state: SqlState, words: Words, findings: Findings): void {
  words.take('if', 'exists');
  words.take('only');
  const table = words.name();
  if (words.take('rename', 'to') || words.take('rename', 'as')) {
    renameTable(state, table, words.name());
    return;
  }
  for (const action of items(words)) {
    findings.look(0);
    const inner = new Words(action);
    const columns = state.tables.get(table);
    if (columns) alterOwn(columns, inner, checksOf(state, table), action);
    else alterOutside(state, table, inner, action);
  }
}

function checksOf({ checks }: SqlState, table: string): Checks {
  const found = checks.get(table) ?? new Map<string, string>();
  checks.set(table, found);
  return found;
}

function alterOwn(columns: Map<string, Column>, words: Words, checks: Checks, action: readonly Word[]): void {
  if (words.take('drop', 'constraint')) {
    words.take('if', 'exists');
    checks.delete(words.next());
  } else if (words.take('add')) {
    addChecks(checks, action);
    if (isConstraint(words)) return;
    const name = columnName(words);
    if (!columns.has(name)) columns.set(name, readColumn(words.item()));
  } else if (words.take('drop')) {
    if (!isConstraint(words)) columns.delete(columnName(words));
  } else if (words.take('rename')) {
    const from = columnName(words);
    const column = columns.get(from);
    words.take('to');
    columns.delete(from);
    if (column) columns.set(words.next(), column);
  } else if (words.take('modify')) columns.set(columnName(words), readColumn(words.item()));
  else if (words.take('change')) {
    columns.delete(columnName(words));
    columns.set(words.next(), readColumn(words.item()));
  } else if (words.take('alter')) alterColumn(columns.get(columnName(words)), words);
}

function alterColumn(column: Column | undefined, words: Words): void {
  if (!column) return;
  if (words.take('set', 'not', 'null')) column.mayBeNull = false;
  else if (words.take('drop', 'not', 'null')) column.mayBeNull = true;
  else if (words.take('set', 'default')) column.hasDefault = true;
  else if (words.take('drop', 'default')) column.hasDefault = false;
  else if (words.take('set', 'data', 'type') || words.take('type')) column.type = readType(words.item());
}

function columnName(words: Words): string {
  words.take('column');
  words.take('if', 'not', 'exists');
  words.take('if', 'exists');
  return words.next();
}

const isConstraint = (words: Words) => constraints.includes(words.peek());

/** Changes a table that this text did not create, so its earlier definition is unknown. */
function alterOutside(state: SqlState, table: string, words: Words, action: readonly Word[]): void {
  const add = (member: string, after: string | null, message: string) =>
    outside(state, `${table}.${member}`, after, message);
  if (words.take('drop')) {
    if (isConstraint(words)) return;
    const name = columnName(words);
    add(name, null, `The column ${table}.${name} is dropped.`);
  } else if (words.take('rename')) {
    const from = columnName(words);
    words.take('to');
    const to = words.next();
    add(from, to, `The column ${table}.${from} is renamed to ${to}.`);
  } else if (words.take('add')) {
    const checks: Checks = new Map();
    addChecks(checks, action);
    for (const text of checks.values())
      outside(state, table, text, `The table ${table} gets a check: rows that were valid may be refused.`);
    if (isConstraint(words)) return;
    const name = columnName(words);
    const { mayBeNull, hasDefault } = readColumn(words.item());
    if (!mayBeNull && !hasDefault)
      add(name, 'not null', `The new column ${table}.${name} has to be given, but has no default.`);
  } else if (words.take('alter')) {
    const name = columnName(words);
    if (words.take('set', 'not', 'null')) add(name, 'not null', `${table}.${name} may no longer be null.`);
    else if (words.take('set', 'data', 'type') || words.take('type')) {
      const type = readType(words.item());
      add(name, type, `${table}.${name} gets another type: ${type}.`);
    }
  } else if (words.take('modify') || words.take('change')) {
    const name = columnName(words);
    add(name, textOf(words.item()), `${table}.${name} is defined again, perhaps narrower.`);
  }
}

function alterType(state: SqlState, words: Words): void {
  const name = words.name();
  const values = state.enums.get(name);
  if (words.take('add', 'value')) {
    words.take('if', 'not', 'exists');
    values?.add(words.next());
  } else if (words.take('rename', 'value')) {
    const from = words.next();
    words.take('to');
    const to = words.next();
    if (!values) outside(state, name, to, `The value ${from} of ${name} is renamed to ${to}.`);
    else if (values.delete(from)) values.add(to);
  } else if (words.take('drop', 'value')) values?.delete(words.next());
}
