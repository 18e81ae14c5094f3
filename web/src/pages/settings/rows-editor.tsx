// Edits the recovery table. The first matching row applies, so the order can be edited too.

import { ArrowDown, ArrowUp, Pencil, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Words } from '../../parts/words.tsx';
import { readDelays } from './exact-duration.ts';
import { moved } from './moved.ts';
import { doesOf, whenOf } from './recovery-row.ts';
import { RowFields } from './row-fields.tsx';
import { newRow, type RowDraft, type ValueProblems } from './setting-draft.ts';

export interface RowsEditorProps {
  rows: readonly RowDraft[];
  problems: ValueProblems;
  onChange(rows: RowDraft[]): void;
}

export function RowsEditor({ rows, problems, onChange }: RowsEditorProps) {
  const [openIds, setOpenIds] = useState<readonly number[]>([]);
  const open = (id: number) => setOpenIds((ids) => [...ids.filter((each) => each !== id), id]);
  const close = (id: number) => setOpenIds((ids) => ids.filter((each) => each !== id));
  const add = () => {
    const row = newRow(rows);
    // A new row is inserted before the last one, which matches every failure: no row after it would be reached.
    onChange([...rows.slice(0, -1), row, ...rows.slice(-1)]);
    open(row.id);
  };
  return (
    <div className="flex flex-col gap-3">
      {problems[''] ? (
        <p role="alert" className="rounded-md bg-bad-soft p-2.5 text-bad">
          {problems['']}
        </p>
      ) : null}
      <ol className="flex flex-col gap-1">
        {rows.map((row, index) => (
          <Row
            key={row.id}
            {...{ row, index }}
            isLast={index === rows.length - 1}
            isOpen={openIds.includes(row.id)}
            problems={problemsOfRow(problems, index)}
            onToggle={() => (openIds.includes(row.id) ? close(row.id) : open(row.id))}
            onMove={(to) => onChange(moved(rows, index, to))}
            onRemove={() => onChange(rows.filter(({ id }) => id !== row.id))}
            onChange={(changed) => {
              // Keeps a row open that was opened because of a problem, even after the problem is fixed.
              open(row.id);
              onChange(rows.map((each) => (each.id === row.id ? changed : each)));
            }}
          />
        ))}
      </ol>
      <Button className="self-start" onClick={add}>
        Add row
      </Button>
    </div>
  );
}

/** The problems of a row: the row's own has an empty path, the others have the names of their fields. */
function problemsOfRow(problems: ValueProblems, index: number): ValueProblems {
  const own = Object.entries(problems).flatMap(([path, message]) => {
    const [at, field = ''] = path.split('.');
    return at === String(index) ? [[field, message] as const] : [];
  });
  return Object.fromEntries(own);
}

interface RowProps {
  row: RowDraft;
  index: number;
  isLast: boolean;
  isOpen: boolean;
  problems: ValueProblems;
  onToggle(): void;
  onMove(to: number): void;
  onRemove(): void;
  onChange(row: RowDraft): void;
}

function Row({ row, index, isLast, isOpen, problems, onToggle, onMove, onRemove, onChange }: RowProps) {
  const told = { ...row, delays_ms: readDelays(row.delays) ?? [] };
  const name = `row ${index + 1}`;
  const isWrong = Object.keys(problems).length > 0;
  const isShown = isOpen || Object.keys(problems).some((field) => field !== '');
  return (
    <li className={classNames('rounded-md border', isWrong ? 'border-bad' : 'border-line')}>
      <div className="flex flex-wrap items-center gap-1 py-1 pl-3 pr-1">
        <p className="min-w-0 flex-1 basis-60 text-[13px] [overflow-wrap:anywhere]">
          <span className="pr-2 text-quiet">{index + 1}.</span>
          <Words text={whenOf(told)} /> → <Words className="font-medium" text={doesOf(told)} />
        </p>
        <span className="ml-auto flex">
          <IconButton label={`Move up: ${name}`} isOff={index === 0} onClick={() => onMove(index - 1)}>
            <ArrowUp aria-hidden size={15} />
          </IconButton>
          <IconButton label={`Move down: ${name}`} isOff={isLast} onClick={() => onMove(index + 1)}>
            <ArrowDown aria-hidden size={15} />
          </IconButton>
          <IconButton label={`Edit: ${name}`} isExpanded={isShown} onClick={onToggle}>
            <Pencil aria-hidden size={15} />
          </IconButton>
          <IconButton label={`Remove: ${name}`} onClick={onRemove}>
            <X aria-hidden size={15} />
          </IconButton>
        </span>
      </div>
      {problems[''] ? (
        <p role="alert" className="px-3 pb-1.5 text-[13px] text-bad">
          {problems['']}
        </p>
      ) : null}
      {isShown ? <RowFields row={row} problems={problems} onChange={onChange} /> : null}
    </li>
  );
}

interface IconButtonProps {
  label: string;
  isOff?: boolean;
  isExpanded?: boolean;
  onClick(): void;
  children: React.ReactNode;
}

function IconButton({ label, isOff = false, isExpanded, onClick, children }: IconButtonProps) {
  return (
    <Button
      size="small"
      look="quiet"
      disabled={isOff}
      aria-label={label}
      aria-expanded={isExpanded}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
