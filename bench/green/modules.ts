// The packages of npm that a project of the corpus uses.
import { resolve } from 'node:path';
import type { GreenProject } from './green-case.ts';

/** A folder `node_modules`; undefined if it uses none. */
export function modulesOf({ modules }: GreenProject): string | undefined {
  return modules ? resolve('node_modules') : undefined;
}
