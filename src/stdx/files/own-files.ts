// Finds the files of this package, both in a checkout, where Node runs the sources, and in a build
// (`scripts/build-moose.ts`).
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with `package.json`. */
export const packageRoot = rootAbove(import.meta.dirname);

/** On npm, where `moose` belongs to another project; the command keeps that name. */
export const packageName = 'moose-mission-control';

const isBuilt = import.meta.filename.endsWith('.js');

/**
 * The path of a file that Moose reads or passes to another program; `path` is relative to `src`. The build leaves such
 * files unchanged.
 */
export function ownFile(path: string): string {
  return join(packageRoot, 'src', path);
}

/**
 * The path of a Moose program that runs as its own process or thread; `path` is relative to `src`, without the
 * extension.
 */
export function ownProgram(path: string): string {
  return isBuilt ? join(packageRoot, 'dist', `${path}.js`) : ownFile(`${path}.ts`);
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
