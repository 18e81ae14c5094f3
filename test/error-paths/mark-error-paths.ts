// A plugin, of vite and of rolldown, that loads the sources with marks at their error paths.
import { relative } from 'node:path';
import type { Plugin } from 'rolldown';
import { insertMarks } from './insert-marks.ts';

interface MarkPlugin extends Pick<Plugin, 'name'> {
  /** Before the types are removed, since the marks are at offsets of the sources. */
  enforce: 'pre';
  transform(text: string, id: string): { code: string; map: null } | null;
}

export function markErrorPaths(root: string): MarkPlugin {
  return {
    name: 'mark-error-paths',
    enforce: 'pre',
    transform(text, id) {
      const code = id.startsWith(`${root}/src/`) ? insertMarks({ path: relative(root, id), text }) : null;
      return code === null ? null : { code, map: null };
    },
  };
}
