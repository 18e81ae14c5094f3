// The items of the palette: recent work orders, pages, actions and search results.
import type { Search } from '../../../src/contract/contract.ts';
import { legible } from '../parts/plain-text.ts';
import { places } from './places.ts';
import type { Recent } from './recent.ts';

export interface PaletteItem {
  id: string;
  group: 'Recent' | 'Pages' | 'Actions' | 'Results';
  title: string;
  detail: string;
  act:
    | { kind: 'go'; to: string; search?: Record<string, string>; remember?: Recent }
    | { kind: 'shortcuts' | 'signOut' | 'theme' };
}

const acts: readonly PaletteItem[] = [
  act('New work order', 'n', { kind: 'go', to: '/work-orders', search: { new: 'true' } }),
  act('Show work orders that need you', '', {
    kind: 'go',
    to: '/work-orders',
    search: { view: 'table', needs_you: 'true' },
  }),
  act('Schedules of work orders', '', { kind: 'go', to: '/schedules' }),
  act('Clean up after finished work', '', { kind: 'go', to: '/cleanup' }),
  act('Switch between light and dark theme', '', { kind: 'theme' }),
  act('Keyboard shortcuts', '?', { kind: 'shortcuts' }),
  act('Sign out', '', { kind: 'signOut' }),
];

const pages: readonly PaletteItem[] = places.map(({ to, title, key }) => ({
  id: to,
  group: 'Pages',
  title,
  detail: `g ${key}`,
  act: { kind: 'go', to },
}));

export function itemsFor(query: string, recent: readonly Recent[], found: Search['items']): PaletteItem[] {
  const known = [...recent.map(recentItem), ...pages, ...acts];
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = known.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const foundItems = found.map(foundItem);
  const foundIds = new Set(foundItems.map(({ id }) => id));
  return [...fitting.filter(({ id }) => !foundIds.has(id)), ...foundItems];
}

function act(title: string, detail: string, what: PaletteItem['act']): PaletteItem {
  return { id: `act:${title}`, group: 'Actions', title, detail, act: what };
}

function recentItem(recent: Recent): PaletteItem {
  const { id, title } = recent;
  const to = `/work-orders/${encodeURIComponent(id)}`;
  return {
    id: `work_order:${id}`,
    group: 'Recent',
    title: legible(title),
    detail: id.slice(-6),
    act: { kind: 'go', to, remember: recent },
  };
}

function foundItem({ kind, id, title, detail }: Search['items'][number]): PaletteItem {
  const base = {
    id: `${kind}:${id}`,
    group: 'Results',
    title: legible(title),
    detail: legible(detail || kind.replace('_', ' ')),
  } as const;
  switch (kind) {
    case 'work_order':
      return { ...base, act: recentItem({ id, title }).act };
    case 'escalation':
      return { ...base, act: { kind: 'go', to: '/escalations', search: { id } } };
    case 'error':
      return { ...base, act: { kind: 'go', to: '/monitoring', search: { error: id } } };
    case 'project':
      return { ...base, act: { kind: 'go', to: '/work-orders', search: { project: title } } };
    case 'spec':
      return { ...base, act: { kind: 'go', to: '/specs' } };
  }
}
