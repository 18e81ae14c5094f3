// Records which error paths were run, at once, so that it is known of killed programs too. `insert-marks.ts` has put
// the calls there, into the sources as the tests load them, and into the build that the tests start.
import { appendFileSync } from 'node:fs';

const told = new Set<string>();

export function reportRunOfErrorPath(name: string): void {
  if (told.has(name)) return;
  try {
    // The build for the tests contains the value: programs get few variables.
    appendFileSync(process.env.MOOSE_ERROR_PATH_RUNS ?? '', `${name}\n`);
    told.add(name);
  } catch {
    // It may fail where files cannot be written: in a sandbox, or without free descriptors. The next run is
    // reported again.
  }
}
