// Two versions of an SQL schema or of a migration: what breaks those who read and write its tables.
import type { Findings, Pair } from '../comparison.ts';
import { type Column, isWider } from './read-column.ts';
import { readSql } from './read-sql.ts';

export function compareSql(pair: Pair, findings: Findings): void {
  const before = readSql(pair.before.text, findings);
  const after = readSql(pair.after.text, findings);
  for (const [table, columns] of before.tables) {
    const now = after.tables.get(table);
    if (now) compareTable(findings, table, columns, now);
    else findings.add(table, `table ${table}`, null, `The table ${table} was dropped or renamed.`);
  }
  for (const [name, values] of before.enums) {
    const now = after.enums.get(name);
    if (!now) findings.add(name, `type ${name}`, null, `The type ${name} was dropped or renamed.`);
    else
      for (const value of values)
        if (!now.has(value)) findings.add(name, value, null, `The type ${name} lost the value ${value}.`);
  }
  for (const view of before.views)
    if (!after.views.has(view) && !after.tables.has(view))
      findings.add(view, `view ${view}`, null, `The view ${view} was dropped or renamed.`);
  const known = new Set(before.outside.map(({ message }) => message));
  for (const { member, after: now, message } of after.outside)
    if (!known.has(message)) findings.add(member, 'as it was', now, message);
}

const written = ({ type, mayBeNull, hasDefault }: Column) =>
  [type, mayBeNull ? '' : 'not null', hasDefault ? 'default' : ''].filter(Boolean).join(' ');

function compareTable(
  findings: Findings,
  table: string,
  before: ReadonlyMap<string, Column>,
  after: ReadonlyMap<string, Column>,
): void {
  for (const [name, was] of before) {
    findings.look(0);
    const is = after.get(name);
    const member = `${table}.${name}`;
    if (!is) {
      findings.add(member, written(was), null, `The column ${member} was dropped or renamed.`);
      continue;
    }
    const add = (message: string) => findings.add(member, written(was), written(is), message);
    if (!isWider(was.type, is.type)) add(`${member} has another type: ${is.type}, before ${was.type}.`);
    if (was.mayBeNull && !is.mayBeNull) add(`${member} may no longer be null.`);
    else if (!is.mayBeNull && was.hasDefault && !is.hasDefault)
      add(`${member} lost its default: rows that do not name it are refused.`);
  }
  for (const [name, is] of after)
    if (!before.has(name) && !is.mayBeNull && !is.hasDefault)
      findings.add(
        `${table}.${name}`,
        null,
        written(is),
        `The new column ${table}.${name} has to be given, but has no default.`,
      );
}
