import { driftKinds } from '../../src/engine/reconcile/kinds.ts';
import { markdownTable } from './markdown-table.ts';

/** Every kind of difference between the database and what it describes, with its repair. */
export function driftKindsTable(): string {
  const rows = driftKinds.map(({ name, side, means, repair, isSafe }) => [
    `\`${name}\``,
    side,
    means,
    repair,
    isSafe ? 'yes' : 'asks',
  ]);
  return markdownTable(['kind', 'compared with', 'what it is', 'repair', 'safe'], rows);
}
