import { matrix } from '../../src/app/certify/matrix.ts';
import { markdownTable } from './markdown-table.ts';

/** The rows of `moose agents certify`, and what Moose has to call each failure. */
export function certifiedRowsTable(): string {
  const rows = matrix.map(({ name, provoked, until, codes }) => [
    `\`${name}\``,
    provoked,
    until === 'failure'
      ? codes.map((code) => `\`${code}\``).join(' or ')
      : until === 'completed'
        ? 'the work is completed'
        : 'the work is cancelled',
  ]);
  return markdownTable(['row', 'provoked', 'must be'], rows);
}
