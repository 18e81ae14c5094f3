// What the pages call the things that a command of the terminal does for a work order.
import { actNames } from './act-names.ts';
import type { Tab } from './tabs.ts';
import { type TextPart, textParts } from './text-parts.ts';

/** Commands that show what a tab shows. */
export const tabsOf: Readonly<Record<string, { tab: Tab; label: string }>> = {
  diff: { tab: 'review', label: 'Review' },
  logs: { tab: 'activity', label: 'Activity' },
};

const labelOf: Readonly<Record<string, string>> = Object.fromEntries([
  ['explain', 'its page'],
  ...Object.entries(tabsOf).map(([verb, { label }]) => [verb, label]),
  ...Object.entries(actNames).map(([verb, { verb: label }]) => [verb, label]),
]);

export const verbs: ReadonlySet<string> = new Set(Object.keys(labelOf));

/** What replaces the command at this place of the text. */
export function labelAt(parts: readonly TextPart[], index: number, verb: string): string {
  const label = labelOf[verb] ?? '';
  const before = parts[index - 1];
  const isFirst = before === undefined || ('text' in before && /[.!?]\s*$/.test(before.text));
  return isFirst ? label.charAt(0).toUpperCase() + label.slice(1) : label;
}

/** The text with the names of tabs and buttons instead of commands, where there is no room for links. */
export function withLabels(text: string): string {
  return textParts(text, verbs)
    .map((part, index, parts) => ('text' in part ? part.text : labelAt(parts, index, part.verb)))
    .join('');
}
