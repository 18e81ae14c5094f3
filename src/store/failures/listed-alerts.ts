// Alerts as people list and resolve them, by ID.

import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { storeFailures } from '../failure-catalogue.ts';
import type { SystemAlert } from './alerts.ts';

const listedMax = 500;

/** The most recently raised alert comes first; without `all`, only open alerts. */
export function listAlerts(query: Query, { all = false } = {}): Promise<SystemAlert[]> {
  let select = query.selectFrom('systemAlerts').selectAll().orderBy('lastSeenAt', 'desc').limit(listedMax);
  if (!all) select = select.where('resolvedAt', 'is', null);
  return select.execute();
}

/** `given` is a whole ID, or its start or end. @throws ALERT_NOT_FOUND */
export async function findAlert(query: Query, given: string): Promise<SystemAlert> {
  const hex = given.toLowerCase().replaceAll('-', '');
  const plain = sql<string>`replace(id::text, '-', '')`;
  const found = /^[0-9a-f]{4,32}$/.test(hex)
    ? await query
        .selectFrom('systemAlerts')
        .selectAll()
        .where((where) => where.or([where(plain, 'like', `${hex}%`), where(plain, 'like', `%${hex}`)]))
        .limit(2)
        .execute()
    : [];
  const [one, another] = found;
  if (one && !another) return one;
  throw storeFailures.ALERT_NOT_FOUND('find', {
    howMany: another ? 'More than one alert' : 'No alert',
    given,
  });
}

export async function resolveAlertById(query: Query, alert: SystemAlert, by: string): Promise<SystemAlert> {
  const resolved = await query
    .updateTable('systemAlerts')
    .set({ resolvedAt: sql<Date>`clock_timestamp()`, resolvedBy: by })
    .where('id', '=', alert.id)
    .where('resolvedAt', 'is', null)
    .returningAll()
    .executeTakeFirst();
  return resolved ?? alert;
}
