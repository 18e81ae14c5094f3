// A demo works only beside earlier demos: its worker takes up every open work order, and would do real ones with the
// scripted model.

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Moose } from '../engine/moose.ts';
import { demoFailures } from './failure-catalogue.ts';

/** The beginning of the names of the folders that hold the repositories of demos. */
export const scratchPrefix = 'scratch-';

/** @throws ConfigurationError `DEMO_DATA_IN_USE` */
export async function assertOnlyDemos(
  { projects }: Pick<Moose, 'projects'>,
  dataDirectory: string,
): Promise<void> {
  const ofDemos = join(await realpath(dataDirectory), scratchPrefix);
  const other = (await projects.list()).find(({ repository_path }) => !repository_path?.startsWith(ofDemos));
  if (other === undefined) return;
  throw demoFailures.DEMO_DATA_IN_USE('demo', { dataDirectory, name: other.name });
}
