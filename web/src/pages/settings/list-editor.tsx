// Edits an ordered list of names. For models and agents, Moose uses the first available one; people take turns.

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Words } from '../../parts/words.tsx';
import { moved, without } from './moved.ts';
import type { ValueProblems } from './setting-draft.ts';

export interface ListEditorProps {
  what: 'model' | 'agent' | 'person';
  entries: readonly string[];
  choices: readonly string[];
  problems: ValueProblems;
  onChange(entries: string[]): void;
}

export function ListEditor({ what, entries, choices, problems, onChange }: ListEditorProps) {
  return (
    <div className="flex flex-col gap-3">
      {entries.length === 0 ? <p className="text-quiet">The list is empty.</p> : null}
      <ol className="flex flex-col gap-1.5">
        {entries.map((entry, index) => (
          <Entry
            key={entry}
            {...{ entry, index }}
            isLast={index === entries.length - 1}
            problem={problems[String(index)]}
            onMove={(to) => onChange(moved(entries, index, to))}
            onRemove={() => onChange(without(entries, index))}
          />
        ))}
      </ol>
      <Adding
        {...{ what, entries, choices }}
        problem={problems['']}
        onAdd={(name) => onChange([...entries, name])}
      />
    </div>
  );
}

interface EntryProps {
  entry: string;
  index: number;
  isLast: boolean;
  problem: string | undefined;
  onMove(to: number): void;
  onRemove(): void;
}

function Entry({ entry, index, isLast, problem, onMove, onRemove }: EntryProps) {
  return (
    <li>
      <div className="flex items-center gap-1 rounded-md border border-line py-1 pl-3 pr-1">
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          <span className="pr-2 text-quiet">{index + 1}.</span>
          <Words text={entry} />
        </span>
        <Button
          size="small"
          look="quiet"
          disabled={index === 0}
          onClick={() => onMove(index - 1)}
          aria-label={`Move up: ${entry}`}
        >
          <ArrowUp aria-hidden size={15} />
        </Button>
        <Button
          size="small"
          look="quiet"
          disabled={isLast}
          onClick={() => onMove(index + 1)}
          aria-label={`Move down: ${entry}`}
        >
          <ArrowDown aria-hidden size={15} />
        </Button>
        <Button size="small" look="quiet" onClick={onRemove} aria-label={`Remove: ${entry}`}>
          <X aria-hidden size={15} />
        </Button>
      </div>
      {problem ? (
        <p role="alert" className="text-[13px] text-bad">
          {problem}
        </p>
      ) : null}
    </li>
  );
}

interface AddingProps extends Pick<ListEditorProps, 'what' | 'entries' | 'choices'> {
  problem: string | undefined;
  onAdd(name: string): void;
}

const nameCharsMax = 200;
const withArticle = { model: 'a model', agent: 'an agent', person: 'a person' } as const;

function Adding({ what, entries, choices, problem, onAdd }: AddingProps) {
  const listId = useId();
  const [name, setName] = useState('');
  const isThere = entries.includes(name.trim());
  const add = () => {
    if (name.trim() === '' || isThere) return;
    onAdd(name.trim());
    setName('');
  };
  return (
    <Field
      label={`Add ${withArticle[what]}`}
      help={
        choices.length > 0
          ? `Type part of the name to search ${choices.length} known names.`
          : 'The exact name.'
      }
      error={isThere ? 'Already in the list.' : problem}
    >
      {(attributes) => (
        <div className="flex gap-2">
          <input
            {...attributes}
            list={listId}
            value={name}
            autoComplete="off"
            spellCheck={false}
            maxLength={nameCharsMax}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || name.trim() === '') return;
              event.preventDefault();
              add();
            }}
            className={inputClass}
          />
          <datalist id={listId}>
            {choices
              .filter((choice) => !entries.includes(choice))
              .map((choice) => (
                <option key={choice} value={choice} />
              ))}
          </datalist>
          <Button onClick={add} disabled={name.trim() === '' || isThere}>
            Add
          </Button>
        </div>
      )}
    </Field>
  );
}
