// A demo works only beside earlier demos: its worker takes up every open work order, and would do real ones with the
// scripted model.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../domain/failure.ts';
import type { Moose } from '../engine/moose.ts';

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
  throw new ConfigurationError({
    code: 'DEMO_DATA_IN_USE',
    component: 'cli',
    operation: 'demo',
    message: `${dataDirectory} contains the project "${other.name}", which is not part of a demo: the demo would run its open work orders with a scripted model.`,
    advice:
      'Choose another directory with --data, or leave --data out: the demo then uses a directory of its own.',
  });
}
