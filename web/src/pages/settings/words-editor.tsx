import { X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Words } from '../../parts/words.tsx';
import { without } from './moved.ts';
import type { ValueProblems } from './setting-draft.ts';

export interface WordsEditorProps {
  entries: readonly string[];
  problems: ValueProblems;
  onChange(entries: string[]): void;
}

/** Edits an unordered list of words. Several are added at once with commas. */
export function WordsEditor({ entries, problems, onChange }: WordsEditorProps) {
  const [text, setText] = useState('');
  const add = () => {
    const words = text.split(',').map((word) => word.trim().toLowerCase());
    onChange([...new Set([...entries, ...words.filter((word) => word !== '')])]);
    setText('');
  };
  const [problem] = Object.entries(problems).map(([path, message]) =>
    path === '' ? message : `'${entries[Number(path)] ?? path}': ${message}`,
  );
  return (
    <div className="flex flex-col gap-3">
      {entries.length === 0 ? <p className="text-quiet">The list is empty.</p> : null}
      <ul className="flex flex-wrap gap-1.5">
        {entries.map((word, index) => (
          <li key={word}>
            <button
              type="button"
              onClick={() => onChange(without(entries, index))}
              aria-label={`Remove: ${word}`}
              className="inline-flex min-h-8 max-w-full items-center gap-1 rounded-full border border-line bg-raised px-2.5 hover:border-bad hover:text-bad"
            >
              <Words className="min-w-0 [overflow-wrap:anywhere]" text={word} />
              <X aria-hidden size={14} className="shrink-0" />
            </button>
          </li>
        ))}
      </ul>
      <Field label="Add words" help="Separate several words with commas." error={problem}>
        {(attributes) => (
          <div className="flex gap-2">
            <input
              {...attributes}
              value={text}
              autoComplete="off"
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || text.trim() === '') return;
                event.preventDefault();
                add();
              }}
              className={inputClass}
            />
            <Button onClick={add} disabled={text.trim() === ''}>
              Add
            </Button>
          </div>
        )}
      </Field>
    </div>
  );
}
