// Numbers that follow from a text, so that a step that runs again decides the same.
import { createHash } from 'node:crypto';

export const seedOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);
/** From 0 to 1; uniform over texts. */
export const shareOf = (text: string): number => seedOf(text) / 2 ** 32;
