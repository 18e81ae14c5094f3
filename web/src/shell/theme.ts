// Light or dark: the user's choice, or the system's and its changes. `public/theme.js` sets the initial theme.
import { useSyncExternalStore } from 'react';
import { keep, readKept } from './kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const systemDark = '(prefers-color-scheme: dark)';
const listeners = new Set<() => void>();
let theme: Theme = themes.find((each) => each === readKept('theme')) ?? 'system';

function show(): void {
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia(systemDark).matches);
  document.documentElement.classList.toggle('dark', isDark);
}

export function chooseTheme(chosen: Theme): void {
  theme = chosen;
  keep('theme', chosen);
  show();
  for (const tell of listeners) tell();
}

export function followSystemTheme(): void {
  matchMedia(systemDark).addEventListener('change', show);
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useTheme(): Theme {
  return useSyncExternalStore(listen, () => theme);
}
