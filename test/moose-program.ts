// Moose as people start it: the result of `npm run build`.
import { join } from 'node:path';
import { packageRoot } from '../src/stdx/files/own-files.ts';

export const mooseProgram = join(packageRoot, 'dist/main.js');
