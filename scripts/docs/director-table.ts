import { defaultDirectorLimits, directorMax, namedLimits } from '../../src/domain/limits/director-limits.ts';
import { directorKeys } from '../../src/engine/policy/settings/director.ts';
import { directorRows } from '../../src/engine/specs/intake/director-policy.ts';
import { markdownTable } from './markdown-table.ts';

const defaults = namedLimits(defaultDirectorLimits);

/** The rows of the Director's policy in the order in which people read them. */
export function directorTable(): string {
  const rows = directorRows.map(({ id, asks, limit }) => [
    `\`${id}\``,
    asks,
    limit === null ? 'none: it always asks' : `\`${directorKeys}${limit}\``,
    limit === null ? '' : `\`${defaults[limit]}\``,
    limit === null || limit === 'mode' ? '' : String(directorMax[limit]),
  ]);
  return markdownTable(['row', 'asks a person if', 'limit', 'default', 'at most'], rows);
}
