// Distinguishes the wrapper's exit file from one that the program under test wrote. The wrapper gets a secret through a
// pipe when it starts, and reveals it at the end; the handle contains the secret's hash, so every Moose can check it.

import { createHash, randomBytes } from 'node:crypto';

const sealBytes = 24;

export function newSeal(): string {
  return randomBytes(sealBytes).toString('hex');
}

export function hashOfSeal(seal: string): string {
  return createHash('sha256').update(seal).digest('hex');
}
