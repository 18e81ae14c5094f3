// Keyboard shortcuts (R-UI-6). None fires while the user types, and keys with a modifier belong to the browser.

export type KeyAct =
  | { kind: 'palette' | 'shortcuts' | 'search' | 'new' }
  | { kind: 'go'; key: string }
  | { kind: 'move'; by: 1 | -1 }
  | { kind: 'begin' };

/** The longest time between `g` and the letter of the page. */
export const sequenceMsMax = 1_200;

export interface Pressed {
  key: string;
  hasModifier: boolean;
  isChord: boolean;
  /** True in a field, or while a dialog is open. */
  isTaken: boolean;
  /** How long ago `g` was pressed; null if it was not. */
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
