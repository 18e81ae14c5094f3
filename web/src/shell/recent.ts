// Recently opened work orders of this browser, newest first.
import { keep, readKept } from './kept.ts';

export interface Recent {
  id: string;
  title: string;
}

const recentMax = 6;
const titleCharsMax = 200;

export function readRecent(): Recent[] {
  try {
    const kept: unknown = JSON.parse(readKept('recent') ?? '[]');
    return Array.isArray(kept) ? kept.filter(isRecent).slice(0, recentMax) : [];
  } catch {
    // Written by something else; treated as empty.
    return [];
  }
}

export function rememberRecent({ id, title }: Recent): void {
  const others = readRecent().filter((each) => each.id !== id);
  keep(
    'recent',
    JSON.stringify([{ id, title: title.slice(0, titleCharsMax) }, ...others].slice(0, recentMax)),
  );
}

function isRecent(value: unknown): value is Recent {
  const { id, title } = (value ?? {}) as Partial<Recent>;
  return typeof id === 'string' && typeof title === 'string';
}
