// What a key means here (R-UI-6). Nothing fires while somebody writes, and what is said with a modifier is the browser's.

export type KeyAct =
  | { kind: 'palette' | 'shortcuts' | 'search' | 'new' }
  | { kind: 'go'; key: string }
  | { kind: 'move'; by: 1 | -1 }
  | { kind: 'begin' };

/** Between `g` and the letter of the page. */
export const sequenceMsMax = 1_200;

export interface Pressed {
  key: string;
  hasModifier: boolean;
  isChord: boolean;
  /** In a field, or while a window is open. */
  isTaken: boolean;
  /** Whether `g` was pressed, and how long ago; null where it was not. */
  sinceG: number | null;
}

const plain: Readonly<Record<string, KeyAct>> = {
  '?': { kind: 'shortcuts' },
  '/': { kind: 'search' },
  n: { kind: 'new' },
  j: { kind: 'move', by: 1 },
  k: { kind: 'move', by: -1 },
  g: { kind: 'begin' },
};

export function actOf(pressed: Pressed): KeyAct | undefined {
  if (pressed.isChord) return { kind: 'palette' };
  if (pressed.hasModifier || pressed.isTaken) return undefined;
  if (pressed.sinceG !== null && pressed.sinceG <= sequenceMsMax) return { kind: 'go', key: pressed.key };
  return Object.hasOwn(plain, pressed.key) ? plain[pressed.key] : undefined;
}
