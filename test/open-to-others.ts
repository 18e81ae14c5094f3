// Tests that start Moose as another user need a checkout that this user may enter; one below /root is closed to it.
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The reason with which such a test is skipped. */
export const closedToOthers = 'this checkout is closed to other accounts';

const mayBeEnteredByOthers = 0o001;

/** Whether root has to leave such a test out: an ordinary user starts Moose as itself. */
export function isClosedToOthers(): boolean {
  return process.geteuid?.() === 0 && !isOpenToOthers(join(import.meta.dirname, '..'));
}

function isOpenToOthers(path: string): boolean {
  const isOpen = (statSync(path).mode & mayBeEnteredByOthers) !== 0;
  return isOpen && (dirname(path) === path || isOpenToOthers(dirname(path)));
}
