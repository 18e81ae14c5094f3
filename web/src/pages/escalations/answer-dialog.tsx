import { useState } from 'react';
import type { OptionCard } from '../../../../src/api/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { isDestructive, tellChance, tellCost } from './tell-option.ts';

export interface AnswerDialogProps {
  option: OptionCard;
  onClose(): void;
  onAnswer(note: string): void;
}

/** What the server takes. */
const noteCharsMax = 100_000;

/** For what destroys, needs words or is risky: what it means stands there before it is done. */
export function AnswerDialog({ option, onClose, onAnswer }: AnswerDialogProps) {
  const [note, setNote] = useState('');
  const [isTried, setIsTried] = useState(false);
  const lacksNote = option.needs_note && note.trim() === '';
  const answer = () => {
    setIsTried(true);
    if (!lacksNote) onAnswer(note);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={option.label}
      description={[tellCost(option), `${option.risk} risk`, tellChance(option)].filter(Boolean).join(' · ')}
      foot={
        <>
          <Button size="large" onClick={onClose}>
            Not now
          </Button>
          <Button size="large" look={isDestructive(option) ? 'danger' : 'primary'} onClick={answer}>
            {verbs[option.kind] ?? 'Choose this'}
          </Button>
        </>
      }
    >
      {isDestructive(option) ? (
        <p className="mb-3 rounded-md bg-bad-soft p-3 text-bad">
          {option.kind === 'undo'
            ? 'Everything that Moose has made for this work order is taken back, and it is cancelled. It cannot be taken up again.'
            : 'The work order is cancelled. It cannot be taken up again.'}
        </p>
      ) : null}
      <Field
        label={option.needs_note ? 'What has to be known' : 'A note, where you want to leave one'}
        help="The next attempt reads it, and it stays in the record."
        error={
          isTried && lacksNote ? 'This option needs your words: what should be done differently?' : undefined
        }
      >
        {(attributes) => (
          <textarea
            {...attributes}
            rows={4}
            dir="auto"
            maxLength={noteCharsMax}
            className={inputClass}
            value={note}
            onChange={(change) => setNote(change.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

const verbs: Partial<Record<OptionCard['kind'], string>> = {
  undo: 'Undo and cancel',
  cancel: 'Cancel the work order',
  raise_limit: 'Raise the limit',
  refine: 'Send it back with this',
  accept: 'Accept it as it is',
};
