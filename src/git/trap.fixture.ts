// A program that must not be run, for tests alone.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory, writeScript } from './scratch-repository.fixture.ts';

/** A program that leaves word of having been run. */
export function trap() {
  const directory = scratchDirectory();
  const program = join(directory, 'trap');
  writeScript(program, `echo "$0 $*" >> ${join(directory, 'ran')}\ncat`);
  return { program, ran: () => existsSync(join(directory, 'ran')) };
}
