import { useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { places } from './places.ts';
import { chordWords } from './platform.ts';
import { areLettersOff, turnLetters } from './use-keys.ts';

const general: ReadonlyArray<readonly [keys: string, does: string]> = [
  [chordWords, 'Open the command palette'],
  ['/', 'Search this page'],
  ['j', 'Next item'],
  ['k', 'Previous item'],
  ['Enter', 'Open item'],
  ['n', 'New work order'],
  ['?', 'Show these shortcuts'],
];

export function ShortcutsDialog({ onClose }: { onClose(): void }) {
  const [isOff, setOff] = useState(areLettersOff);
  return (
    <Dialog isOpen onClose={onClose} title="Keyboard shortcuts">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        <Keys title="Everywhere" keys={general} />
        <Keys title="Go to" keys={places.map(({ key, title }) => [`g ${key}`, title] as const)} />
      </div>
      <label className="mt-5 flex items-start gap-2.5 border-t border-line pt-4">
        <input
          type="checkbox"
          checked={!isOff}
          onChange={(event) => {
            setOff(!event.target.checked);
            turnLetters(!event.target.checked);
          }}
          className="mt-0.5 size-4 accent-accent"
        />
        <span>
          Enable single-letter shortcuts
          <span className="block text-[13px] text-quiet">
            {chordWords} always works. Turn the others off if they interfere with, for example, speech input.
          </span>
        </span>
      </label>
    </Dialog>
  );
}

function Keys({ title, keys }: { title: string; keys: ReadonlyArray<readonly [string, string]> }) {
  return (
    <section>
      <h3 className="pb-2 font-semibold">{title}</h3>
      <dl className="flex flex-col gap-1.5">
        {keys.map(([key, does]) => (
          <div key={key} className="flex items-center gap-3">
            <dt className="w-16 shrink-0">
              <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-mono text-xs">
                {key}
              </kbd>
            </dt>
            <dd className="text-quiet">{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
