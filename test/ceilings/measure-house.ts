// How large the house is: what `test/ceilings.json` limits.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { changedSettingsTable } from '../../scripts/docs/changed-settings-table.ts';
import { commandsReference } from '../../scripts/docs/commands-reference.ts';
import { configKeysTable } from '../../scripts/docs/config-keys.ts';
import { environmentTable } from '../../scripts/docs/settings-table.ts';
import { catalogueEntries } from '../../src/app/errors/failure-catalogues.ts';
import type { Measured } from './ceilings.ts';

const rootPath = fileURLToPath(new URL('../..', import.meta.url));
const isForTests = /\.(?:test|fixture)\.tsx?$/;

/** What the files say; the command line and its settings as the reference lists them. */
export function measureFiles(): Omit<
  Measured,
  'tables' | 'columns' | 'sql_functions' | 'triggers' | 'routes'
> {
  const reference = commandsReference();
  return {
    src_lines: lines('src/**/*.ts'),
    web_lines: lines('web/**/*.{ts,tsx}'),
    sql_lines: lines('src/**/*.sql'),
    settings: [environmentTable(), changedSettingsTable(), configKeysTable()]
      .map((table) => rowsOf(table))
      .reduce((sum, rows) => sum + rows, 0),
    error_codes: new Set(catalogueEntries.map(({ code }) => code)).size,
    commands: reference.match(/^## /gm)?.length ?? 0,
    options: reference.match(/^\| `-/gm)?.length ?? 0,
    decisions_words: words('docs/decisions/*.md'),
    docs_words: words('*.md') + words('docs/**/*.md') - words('docs/decisions/*.md'),
  };
}

/** What the migrations make of an empty database. */
export async function measureSchema(
  client: pg.Client,
): Promise<Pick<Measured, 'tables' | 'columns' | 'sql_functions' | 'triggers'>> {
  const { rows } = await client.query(
    `select (select count(*)::int from pg_class where relkind in ('r', 'p') and relnamespace = own.oid) as tables,
       (select count(*)::int from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relkind in ('r', 'p') and c.relnamespace = own.oid and a.attnum > 0 and not a.attisdropped) as columns,
       (select count(*)::int from pg_proc where pronamespace = own.oid) as sql_functions,
       (select count(*)::int from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = own.oid and not t.tgisinternal) as triggers
     from pg_namespace own where own.nspname = 'moose'`,
  );
  return rows[0];
}

const textsOf = (pattern: string): string[] =>
  globSync(pattern, { cwd: rootPath, exclude: (path) => /node_modules|\/dist\//.test(String(path)) })
    .filter((path) => !isForTests.test(path))
    .map((path) => readFileSync(`${rootPath}/${path}`, 'utf8'));

const lines = (pattern: string) =>
  textsOf(pattern).reduce((sum, text) => sum + text.split('\n').length - 1, 0);
const words = (pattern: string) =>
  textsOf(pattern).reduce((sum, text) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
/** Without the head of the table and the line below it. */
const rowsOf = (table: string) => (table.match(/^\|/gm)?.length ?? 0) - 2;
