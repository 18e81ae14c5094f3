import type pg from 'pg';
import { enterOwnSchema } from '../src/store/schema/own-schema.ts';

// Describes Moose's schema as one text, in a stable order.

/** Each query returns one text for each object of its kind, sorted by name. */
const parts = {
  types: `select format('create type %s as enum (%s);', t.typname,
      string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)) as text
    from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'moose'::regnamespace
    group by t.typname order by t.typname collate "C"`,
  tables: `select format(E'create table %s (\\n%s\\n);', c.relname,
      (select string_agg(line, E',\\n' order by place, line collate "C") from (
        select 1 as part, a.attnum as place, format('  %s %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
            case when a.attnotnull then ' not null' else '' end,
            case when a.attidentity = 'a' then ' generated always as identity'
              else coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end) as line
          from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        union all
        select 2, 10000, format('  constraint %s %s', conname, pg_get_constraintdef(k.oid))
          from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n'
      ) lines)) as text
    from pg_class c where c.relnamespace = 'moose'::regnamespace and c.relkind = 'r' order by c.relname collate "C"`,
  indexes: `select indexdef || ';' as text from pg_indexes i
    where schemaname = 'moose' and not exists (select from pg_constraint where conname = i.indexname)
    order by indexname collate "C"`,
  functions: `select rtrim(pg_get_functiondef(oid), E'\\n') || ';' as text from pg_proc
    where pronamespace = 'moose'::regnamespace order by proname collate "C"`,
  triggers: `select pg_get_triggerdef(t.oid) || ';' as text from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace = 'moose'::regnamespace order by tgname collate "C"`,
} as const;

/** The description of Moose's schema in this database. */
export async function describeSchema(client: pg.Client): Promise<string> {
  await enterOwnSchema(client);
  const texts: string[] = [];
  for (const [kind, sql] of Object.entries(parts)) {
    const { rows } = await client.query<{ text: string }>(sql);
    const isLong = kind === 'tables' || kind === 'functions';
    texts.push(rows.map(({ text }) => text).join(isLong ? '\n\n' : '\n'));
  }
  return `${texts.join('\n\n')}\n`;
}
