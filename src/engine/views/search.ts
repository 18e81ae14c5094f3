// Searches work orders, questions, errors, projects and specs; returns a few of each.
import type * as wire from '../../contract/contract.ts';
import type { Query } from '../../store/database.ts';
import {
  type FoundRow,
  searchErrors,
  searchEscalations,
  searchNamed,
} from '../../store/work/work-orders/search.ts';
import { listedByIds, listKeys } from '../../store/work/work-orders/work-order-lists.ts';

const eachMax = 8;

export async function searchAll(query: Query, given: string): Promise<wire.Found[]> {
  const text = given.trim();
  if (text === '') return [];
  const keys = await listKeys(query, { text }, { sort: 'created', limit: eachMax });
  const orders = await listedByIds(
    query,
    keys.map(({ id }) => id),
  );
  const of = (kind: wire.Found['kind'], rows: readonly FoundRow[]) => rows.map((row) => ({ kind, ...row }));
  return [
    ...of(
      'work_order',
      orders.map(({ id, title, project, status }) => ({ id, title, detail: `${project}, ${status}` })),
    ),
    ...of('escalation', await searchEscalations(query, text, eachMax)),
    ...of('error', await searchErrors(query, text, eachMax)),
    ...of('project', await searchNamed(query, 'projects', text, eachMax)),
    ...of('spec', await searchNamed(query, 'specs', text, eachMax)),
  ];
}
