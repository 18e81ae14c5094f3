// Tells the wrapper's exit file from one that the program under test has written. The wrapper is given a secret when it is
// started, by a pipe, and shows it when all is over; the handle holds the secret's hash, by which every Moose knows it.

import { createHash, randomBytes } from 'node:crypto';

const sealBytes = 24;

export function newSeal(): string {
  return randomBytes(sealBytes).toString('hex');
}

export function hashOfSeal(seal: string): string {
  return createHash('sha256').update(seal).digest('hex');
}
