import { platforms } from '../../src/app/config/platform.ts';
import { markdownTable } from './markdown-table.ts';

/** The machines on which Moose runs, and those on which it does not. */
export function platformsTable(): string {
  const rows = Object.values(platforms).map(({ name, state, because }) => [name, state, because]);
  return markdownTable(['machine', 'state', 'what was tested, or why not'], rows);
}
