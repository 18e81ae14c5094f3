// Moose as people start it: what `npm run build` has made of the sources.
import { join } from 'node:path';
import { packageRoot } from '../src/stdx/own-files.ts';

export const mooseProgram = join(packageRoot, 'dist/main.js');
