// The version of Moose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../stdx/files/own-files.ts';

export const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
};
