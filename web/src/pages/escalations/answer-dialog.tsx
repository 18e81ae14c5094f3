import { useState } from 'react';
import type { OptionCard } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { describeChance, describeCost, isDestructive } from './describe-option.ts';

export interface AnswerDialogProps {
  option: OptionCard;
  onClose(): void;
  onAnswer(note: string): void;
}

/** The server's limit. */
const noteCharsMax = 100_000;

/** Confirms an option that is destructive, risky or needs a note, and shows its consequences first. */
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
      description={[describeCost(option), `${option.risk} risk`, describeChance(option)]
        .filter(Boolean)
        .join(' · ')}
      foot={
        <>
          <Button size="large" onClick={onClose}>
            Go back
          </Button>
          <Button size="large" look={isDestructive(option) ? 'danger' : 'primary'} onClick={answer}>
            {verbs[option.kind] ?? 'Choose this option'}
          </Button>
        </>
      }
    >
      {isDestructive(option) ? (
        <p className="mb-3 rounded-md bg-bad-soft p-3 text-bad">
          {option.kind === 'undo'
            ? 'This undoes everything that Moose made for this work order and cancels it. You cannot resume a cancelled work order.'
            : 'This cancels the work order. You cannot resume a cancelled work order.'}
        </p>
      ) : null}
      <Field
        label={option.needs_note ? 'Instructions' : 'Note (optional)'}
        help={
          isDestructive(option)
            ? 'Kept in the history.'
            : 'Included in the prompt of the next attempt, and kept in the history.'
        }
        error={isTried && lacksNote ? 'Describe what the next attempt should do differently.' : undefined}
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
  cancel: 'Cancel work order',
  raise_limit: 'Raise limit',
  refine: 'Send back with instructions',
  accept: 'Accept the change',
  accept_contract: 'Accept the contract',
  asked: 'Allow it and judge again',
};
