import { findingKinds } from '../../src/domain/work-order/finding.ts';
import { strictKinds } from '../../src/verification/verdict/under-level.ts';
import { markdownTable } from './markdown-table.ts';

/** What verification can find, and when people are only told. */
export function findingsTable(): string {
  const rows = Object.entries(findingKinds).map(([kind, { means, tellsIf }]) => [
    `\`${kind}\``,
    means,
    tellsIf === null ? 'always' : tellsIf === 'always' ? 'never' : 'unless it tells',
    tellsIf === null ? 'never' : tellsIf,
  ]);
  return markdownTable(['kind', 'what is found', 'refuses', 'tells'], rows);
}

/** What the level `strict` refuses although `standard` only tells it. */
export function strictTable(): string {
  return markdownTable(
    ['kind', 'what is found'],
    strictKinds.map((kind) => [`\`${kind}\``, findingKinds[kind].means]),
  );
}
