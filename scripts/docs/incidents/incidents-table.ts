// The table of published incidents in docs/reference/incidents.md.
import { markdownTable } from '../markdown-table.ts';
import type { Incident } from './incident.ts';
import { loopsAndLimits } from './loops-and-limits.ts';
import { lostAndDoubled } from './lost-and-doubled.ts';
import { stuckAndSilent } from './stuck-and-silent.ts';

export const incidents: readonly Incident[] = [...loopsAndLimits, ...stuckAndSilent, ...lostAndDoubled];

export function incidentsTable(): string {
  const rows = incidents.map(({ published, happened, moose, replayedBy }) => [
    published,
    happened,
    moose,
    replayedBy.length === 0
      ? 'cannot occur'
      : replayedBy.map(({ file, title }) => `\`${file}\`: ${title}`).join('<br>'),
  ]);
  return markdownTable(['published', 'what happened', 'what Moose does', 'replayed by'], rows);
}

export function incidentsCount(): string {
  const replayed = incidents.filter(({ replayedBy }) => replayedBy.length > 0).length;
  return `${replayed} of ${incidents.length} rows are replayed by tests.`;
}
