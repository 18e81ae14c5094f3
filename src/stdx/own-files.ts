// Where the files of this package are: in a checkout, where Node runs the sources, and in a build (`scripts/build-moose.ts`).
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with `package.json`. */
export const packageRoot = rootAbove(import.meta.dirname);

const isBuilt = import.meta.filename.endsWith('.js');

/** A file that is read or given to another program, by its path below `src`. A build does not change it. */
export function ownFile(path: string): string {
  return join(packageRoot, 'src', path);
}

/** A program of Moose that is a process or thread of its own, by its path below `src` without the extension. */
export function ownProgram(path: string): string {
  return isBuilt ? join(packageRoot, 'dist', `${path}.js`) : ownFile(`${path}.ts`);
}

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
