// A trigger with a list of columns is not called for other columns: one that is compared but not listed is not guarded.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { Database } from '../database.ts';

const shared = sharedDatabase();

interface Listed {
  trigger: string;
  of: string;
  isBefore: boolean;
  columns: string[];
  definition: string;
  source: string;
}

async function listedTriggers({ query }: Database): Promise<Listed[]> {
  const { rows } = await sql<Listed>`
    select t.tgname as trigger, c.relname as of, (t.tgtype & 2) > 0 as is_before, pg_get_triggerdef(t.oid) as definition,
      p.prosrc as source, array(select a.attname::text from pg_attribute a
        where a.attrelid = t.tgrelid and a.attnum = any (string_to_array(t.tgattr::text, ' ')::int[])) as columns
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
    where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace and t.tgattr::text <> ''
    order by 2, 1`.execute(query);
  return rows;
}

const namesIn = (text: string, pattern: RegExp) =>
  new Set([...text.matchAll(pattern)].map(([, name = '']) => name));

/** Columns whose change the trigger judges, or that it changes itself, without being called for them. */
async function unlisted(database: Database): Promise<string[]> {
  const triggers = await listedTriggers(database);
  return triggers.flatMap(({ trigger, of, isBefore, columns, definition, source }) => {
    const condition = definition.slice(definition.indexOf(' WHEN '));
    // The key of a row is only named.
    const judged = namesIn(`${condition}\n${source}`, /\bold\.(?!id\b)(\w+)/gi);
    // A state that is never allowed is judged by the new row alone.
    if (isBefore) for (const name of namesIn(condition, /\bnew\.(\w+)/gi)) judged.add(name);
    // What another trigger sets is not in the statement's own list: its reason has to be.
    const others = triggers.filter((other) => other.of === of && other.isBefore && other.trigger !== trigger);
    for (const { columns: reasons, source: setting } of others)
      if ([...namesIn(setting, /\bnew\.(\w+) :=/gi)].some((name) => judged.has(name)))
        for (const reason of reasons) judged.add(reason);
    return [...judged].filter((name) => !columns.includes(name)).map((name) => `${trigger}: ${name}`);
  });
}

test('fear: an update of a column that a guard does not list gets around the guard', async () => {
  expect((await listedTriggers(shared())).map(({ trigger }) => trigger)).toEqual(
    expect.arrayContaining([
      ...['cost_tracking_stale_update', 'group_orders_live', 'work_orders_guard', 'work_orders_guard_costs'],
      ...['work_orders_guard_recovery', 'work_orders_let_go', 'work_orders_record_update'],
      ...['work_orders_requested_update', 'work_orders_spec_live'],
    ]),
  );
  expect(await unlisted(shared())).toEqual([]);
});

test('a column that a guard compares and does not list is found', async () => {
  const { query } = shared();
  await sql`create trigger too_short before update of title on work_orders for each row
    when (new.title is distinct from old.title and new.step is null) execute function work_orders_guard()`.execute(
    query,
  );
  await sql`create trigger not_told after update of held_by on work_orders for each row
    when (old.held_by is distinct from new.held_by) execute function members_live('$.id')`.execute(query);
  const found = await unlisted(shared());
  expect(found).toEqual(expect.arrayContaining(['too_short: step', 'too_short: status', 'not_told: status']));
});
