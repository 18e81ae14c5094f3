// What the pages call the things that a command of the terminal does for a work order.
import type { Tab } from '../../router.tsx';
import { actNames } from './act-names.ts';
import { textParts } from './text-parts.ts';

/** Commands that show what a tab shows. */
export const tabsOf: Readonly<Record<string, { tab: Tab; label: string }>> = {
  diff: { tab: 'diff', label: 'Diff' },
  logs: { tab: 'output', label: 'Output' },
};

export const labelOf: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(tabsOf).map(([verb, { label }]) => [verb, label]),
  ...Object.entries(actNames).map(([verb, { verb: label }]) => [verb, label]),
]);

export const verbs: ReadonlySet<string> = new Set(Object.keys(labelOf));

/** The text with the names of tabs and buttons instead of commands, where there is no room for links. */
export function withLabels(text: string): string {
  return textParts(text, verbs)
    .map((part) => ('text' in part ? part.text : (labelOf[part.verb] ?? '')))
    .join('');
}
