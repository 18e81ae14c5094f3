// Compares two versions of an SQL schema or migration: what breaks users who read and write its tables.
import type { Findings, Pair } from '../comparison.ts';
import type { Checks } from './read-checks.ts';
import { type Column, isWider } from './read-column.ts';
import { type Outside, readSql } from './read-sql.ts';
import { hasTwoReadings } from './split-sql.ts';

export function compareSql(pair: Pair, findings: Findings): void {
  compareAs(pair, findings, false);
  if (hasTwoReadings(pair.before.text) || hasTwoReadings(pair.after.text)) compareAs(pair, findings, true);
}

function compareAs(pair: Pair, findings: Findings, isPlainBackslash: boolean): void {
  const before = readSql(pair.before.text, findings, isPlainBackslash);
  const after = readSql(pair.after.text, findings, isPlainBackslash);
  for (const [table, columns] of before.tables) {
    const now = after.tables.get(table);
    if (now) {
      compareTable(findings, table, columns, now);
      compareChecks(findings, table, before.checks.get(table), after.checks.get(table));
    } else findings.add(table, `table ${table}`, null, `The table ${table} was dropped or renamed.`);
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
  const known = new Set(before.outside.map(saidOf));
  for (const each of after.outside)
    if (!known.has(saidOf(each))) findings.add(each.member, 'as it was', each.after, each.message);
}

/** A removed check refuses nothing. A changed check may be stricter, which cannot be determined. */
function compareChecks(
  findings: Findings,
  table: string,
  before: Checks = new Map(),
  after: Checks = new Map(),
): void {
  const known = new Set(before.values());
  for (const [name, text] of after)
    if (!known.has(text)) {
      const was = before.get(name) ?? null;
      const message = `The table ${table} has a ${was === null ? 'new' : 'changed'} check: rows that were valid may be refused.`;
      findings.add(table, was, text, message);
    }
}

const saidOf = ({ after, message }: Outside) => `${message}\n${after}`;

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
