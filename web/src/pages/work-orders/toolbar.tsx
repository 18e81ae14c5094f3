import { KanbanSquare, ListFilter, Rows3, X } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { inputClass } from '../../parts/field.tsx';
import type { WorkOrdersSearch } from '../../router.tsx';
import { useSettled } from '../../shell/use-settled.ts';
import { FilterPanel } from './filter-panel.tsx';
import { isFiltered, listOf, noFilters } from './search-filters.ts';
import type { Change } from './search-state.ts';

interface ToolbarProps {
  search: WorkOrdersSearch;
  change: Change;
}

export function Toolbar({ search, change }: ToolbarProps) {
  const panelId = useId();
  const [isOpen, setOpen] = useState(false);
  const count =
    listOf(search.status).length +
    listOf(search.failure_class).length +
    listOf(search.step).length +
    (search.project ? 1 : 0);
  return (
    <search className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <TextFilter search={search} change={change} />
        <Button
          aria-pressed={search.needs_you === 'true'}
          className="aria-pressed:border-warn aria-pressed:bg-warn-soft aria-pressed:text-warn"
          onClick={() => change({ needs_you: search.needs_you ? undefined : 'true' })}
        >
          Needs you
        </Button>
        <Button aria-expanded={isOpen} aria-controls={panelId} onClick={() => setOpen(!isOpen)}>
          <ListFilter aria-hidden size={16} /> Filters{count > 0 ? ` (${count})` : ''}
        </Button>
        {isFiltered(search) ? (
          <Button look="quiet" onClick={() => change(noFilters)}>
            <X aria-hidden size={16} /> Clear
          </Button>
        ) : null}
        <ViewSwitch search={search} change={change} />
      </div>
      <div id={panelId} hidden={!isOpen}>
        {isOpen ? <FilterPanel search={search} change={change} /> : null}
      </div>
    </search>
  );
}

const settleMs = 250;

/** Copies typed text into the URL after a pause, and text from the URL into the field. */
function TextFilter({ search, change }: ToolbarProps) {
  const q = search.q ?? '';
  const [text, setText] = useState(q);
  const settled = useSettled(text, settleMs);
  const sent = useRef(q);
  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    change({ q: settled === '' ? undefined : settled }, { replace: true });
  }, [settled, change]);
  useEffect(() => {
    if (q === sent.current) return;
    sent.current = q;
    setText(q);
  }, [q]);
  return (
    <input
      type="search"
      data-page-search
      aria-label="Search work orders by title or ID"
      placeholder="Search by title or ID"
      maxLength={200}
      value={text}
      onChange={(event) => setText(event.target.value)}
      className={`${inputClass} basis-full sm:max-w-72 sm:grow sm:basis-40`}
    />
  );
}

const views = [
  { view: undefined, title: 'Board', icon: KanbanSquare },
  { view: 'table', title: 'Table', icon: Rows3 },
] as const;

function ViewSwitch({ search, change }: ToolbarProps) {
  return (
    <fieldset className="ml-auto flex rounded-md border border-line bg-surface p-0.5">
      <legend className="sr-only">View</legend>
      {views.map(({ view, title, icon: Icon }) => (
        <button
          key={title}
          type="button"
          aria-pressed={search.view === view}
          onClick={() => change({ view })}
          className="inline-flex h-8 items-center gap-1.5 rounded px-2.5 text-quiet hover:text-text aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-text"
        >
          <Icon aria-hidden size={16} />
          <span className="sr-only sm:not-sr-only">{title}</span>
        </button>
      ))}
    </fieldset>
  );
}
