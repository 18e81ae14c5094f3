// Overspent: more money than a limit allows, or than the ledger has recorded.
import { sql } from 'kysely';
import { type Case, type Finding, findingFor } from './case.ts';
import { findingsOf } from './rows.ts';

const statements = [
  `select null as id, 'the window ' || key || ' holds ' || (spent_nano_usd + held_nano_usd + presumed_nano_usd)
      || ' nano-dollars of ' || limit_nano_usd as what
    from budget_windows where spent_nano_usd + held_nano_usd + presumed_nano_usd > limit_nano_usd`,
  `select null as id, 'the window ' || w.key || ' counts ' || (w.spent_nano_usd + w.presumed_nano_usd)
      || ' nano-dollars, and its reservations ' || s.sum as what
    from budget_windows w, lateral (select coalesce(sum(actual_nano_usd), 0) as sum from cost_tracking c
      where c.type = 'reservation' and c.status not in ('held', 'sent') and w.key = any (c.window_keys)) s
    where w.held_nano_usd = 0 and w.spent_nano_usd + w.presumed_nano_usd <> s.sum`,
];

export async function findOverspent({ database, submitted, billedNanoUsd }: Case): Promise<Finding[]> {
  const found = await findingsOf(database, submitted, statements);
  const { rows } = await database.run((query) =>
    sql<{ id: string; cost: bigint }>`select id::text, cost_nano_usd as cost from work_orders`.execute(query),
  );
  for (const { id, limitNanoUsd } of submitted) {
    const cost = rows.find((row) => row.id === id)?.cost ?? 0n;
    if (cost > limitNanoUsd)
      found.push(findingFor(submitted, id, `cost ${cost} nano-dollars, and its limit is ${limitNanoUsd}`));
  }
  const { rows: booked } = await database.run((query) =>
    sql<{ sum: string }>`select coalesce(sum(actual_nano_usd), 0)::text as sum from cost_tracking
      where type = 'reservation'`.execute(query),
  );
  const sum = BigInt(booked[0]?.sum ?? 0);
  if (billedNanoUsd > sum)
    found.push({
      id: 'bill',
      what: `the provider has billed ${billedNanoUsd} nano-dollars, and the ledger has ${sum}`,
      scenario: null,
    });
  return found;
}
