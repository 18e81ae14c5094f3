// For tests only: a program that must never run.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory, writeScript } from './scratch-repository.fixture.ts';

/** A program that records every run of itself. */
export function trap() {
  const directory = scratchDirectory();
  const program = join(directory, 'trap');
  writeScript(program, `echo "$0 $*" >> ${join(directory, 'ran')}\ncat`);
  return { program, ran: () => existsSync(join(directory, 'ran')) };
}
