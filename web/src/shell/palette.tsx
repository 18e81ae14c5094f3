// The command palette: the focus stays in the field, and the arrow keys move along the matches.

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Dialog as Primitive } from 'radix-ui';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { ask } from '../api/ask.ts';
import { queryOf } from '../api/call.ts';
import { classNames } from '../parts/class-names.ts';
import { Backdrop, useFocusReturn } from '../parts/dialog.tsx';
import { Words } from '../parts/words.tsx';
import { useMe } from './me.ts';
import { itemsFor, type PaletteItem } from './palette-items.ts';
import { readRecent, rememberRecent } from './recent.ts';
import { chooseTheme } from './theme.ts';
import { useSettled } from './use-settled.ts';

const settleMs = 120;
const queryCharsMax = 200;

export interface PaletteProps {
  onClose(): void;
  onShortcuts(): void;
}

export function Palette({ onClose, onShortcuts }: PaletteProps) {
  const focus = useFocusReturn();
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Backdrop />
        <Primitive.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed inset-x-3 top-3 z-50 mx-auto flex max-h-[80dvh] max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-xl sm:top-[12dvh]"
        >
          <Primitive.Title className="sr-only">Command palette</Primitive.Title>
          <PaletteList onClose={onClose} onShortcuts={onShortcuts} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function PaletteList({ onClose, onShortcuts }: PaletteProps) {
  const listId = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const { items, isSearching } = useItems(query);
  const choose = useChoose({ onClose, onShortcuts });
  const index = Math.min(at, items.length - 1);
  const current = items[index];
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && items.length > 0) setAt((index + by + items.length) % items.length);
    else if (event.key === 'Enter' && current && !event.nativeEvent.isComposing) choose(current);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-label="Search work orders, questions, errors, pages and actions"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={current ? `${listId}-${index}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="Search or go to …"
        maxLength={queryCharsMax}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 w-full shrink-0 border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-quiet"
      />
      <Options {...{ listId, items, current, choose }} />
      <p role="status" className={items.length > 0 && !isSearching ? 'sr-only' : 'px-4 py-3 text-quiet'}>
        {isSearching
          ? 'Searching …'
          : items.length > 0
            ? items.length === 1
              ? '1 result'
              : `${items.length} results`
            : 'No results.'}
      </p>
    </>
  );
}

function useItems(query: string) {
  const [recent] = useState(readRecent);
  const asked = useSettled(query.trim(), settleMs);
  const search = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => ask('get /api/search', { query: { q: asked }, signal }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  });
  const found = query.trim() === '' ? undefined : search.data?.items;
  const items = useMemo(() => itemsFor(query, recent, found ?? []), [query, recent, found]);
  return { items, isSearching: search.isFetching || query.trim() !== asked };
}

function useChoose({ onClose, onShortcuts }: PaletteProps) {
  const { history } = useRouter();
  const { signOut } = useMe();
  return ({ act }: PaletteItem) => {
    onClose();
    if (act.kind === 'go') {
      if (act.remember) rememberRecent(act.remember);
      history.push(act.to + queryOf(act.search ?? {}));
    } else if (act.kind === 'shortcuts') onShortcuts();
    else if (act.kind === 'signOut') signOut();
    else chooseTheme(isDarkNow() ? 'light' : 'dark');
  };
}

const isDarkNow = () => document.documentElement.classList.contains('dark');

interface OptionsProps {
  listId: string;
  items: readonly PaletteItem[];
  current: PaletteItem | undefined;
  choose(item: PaletteItem): void;
}

function Options({ listId, items, current, choose }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (current) list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <div
      ref={list}
      id={listId}
      role="listbox"
      aria-label="Results"
      className="overflow-y-auto p-1.5 empty:hidden"
    >
      {items.map((item, index) => (
        <div key={item.id} role="presentation">
          {item.group === items[index - 1]?.group ? null : (
            <div role="presentation" className="px-2.5 pb-1 pt-2 text-xs font-semibold text-quiet">
              {item.group}
            </div>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input handles the keys and keeps the focus */}
          <div
            role="option"
            tabIndex={-1}
            id={`${listId}-${index}`}
            aria-selected={item === current}
            onClick={() => choose(item)}
            className={classNames(
              'flex cursor-pointer items-baseline justify-between gap-3 rounded-md px-2.5 py-2 hover:bg-raised',
              item === current && 'bg-raised outline-1 outline-line',
            )}
          >
            <Words className="truncate" text={item.title} />
            <Words className="shrink-0 truncate text-[13px] text-quiet" text={item.detail} />
          </div>
        </div>
      ))}
    </div>
  );
}
