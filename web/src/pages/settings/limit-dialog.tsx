// Sets, changes or removes the limits of one person or project.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { LimitsChange } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { type LimitedSubject, nameOfSubject } from './limited-subjects.ts';

const kinds = {
  person: 'A person',
  everyone: 'Each person without a limit of their own',
  project: 'A project',
} as const;
type Kind = keyof typeof kinds;

export function LimitDialog({ subject, onClose }: { subject: LimitedSubject | null; onClose(): void }) {
  const [kind, setKind] = useState<Kind>('person');
  const [name, setName] = useState('');
  const [daily, setDaily] = useState(amountText(subject?.daily));
  const [monthly, setMonthly] = useState(amountText(subject?.monthly));
  const change = useChangeLimits(onClose);
  const body = bodyOf(subject ?? { kind, name: name.trim() }, daily, monthly);
  const submit = () => {
    if (body !== null) change.mutate(body);
  };
  return (
    <FormDialog
      onClose={onClose}
      title={subject ? `Limits: ${nameOfSubject(subject)}` : 'New limit'}
      description="Spending since the beginning of the day and the month counts. An empty field means no limit."
      verb="Save"
      isComplete={body !== null}
      isBusy={change.isPending}
      onSubmit={submit}
    >
      {subject === null ? <Of kind={kind} onKind={setKind} name={name} onName={setName} /> : null}
      <Amount label="Dollars per day" value={daily} onChange={setDaily} />
      <Amount label="Dollars per month" value={monthly} onChange={setMonthly} />
      {change.error ? <Failed error={change.error} /> : null}
    </FormDialog>
  );
}

interface OfProps {
  kind: Kind;
  onKind(kind: Kind): void;
  name: string;
  onName(name: string): void;
}

function Of({ kind, onKind, name, onName }: OfProps) {
  return (
    <>
      <Field label="For">
        {(attributes) => (
          <select
            {...attributes}
            value={kind}
            onChange={(event) => onKind(event.target.value as Kind)}
            className={inputClass}
          >
            {Object.entries(kinds).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        )}
      </Field>
      {kind === 'everyone' ? null : (
        <Field
          label="Name"
          help={
            kind === 'person'
              ? 'As in “Requested by”, e.g. ada@example.org, or api:ci for a program.'
              : undefined
          }
        >
          {(attributes) => (
            <input
              {...attributes}
              value={name}
              autoComplete="off"
              maxLength={200}
              onChange={(event) => onName(event.target.value)}
              className={inputClass}
            />
          )}
        </Field>
      )}
    </>
  );
}

function Amount({ label, value, onChange }: { label: string; value: string; onChange(text: string): void }) {
  const problem = amountOf(value) === undefined ? 'Write dollars, e.g. 5 or 0.50.' : undefined;
  return (
    <Field label={label} error={problem}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          inputMode="decimal"
          autoComplete="off"
          placeholder="no limit"
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  );
}

const amountText = (limit: LimitedSubject['daily'] | undefined) => (limit ? String(limit.limit_usd) : '');

/** Null for an empty field: no limit. Undefined if it is no amount. */
function amountOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

/** Null as long as something is missing or wrong. */
function bodyOf(
  { kind, name }: { kind: Kind; name: string },
  dailyText: string,
  monthlyText: string,
): LimitsChange | null {
  const [daily, monthly] = [amountOf(dailyText), amountOf(monthlyText)];
  if (daily === undefined || monthly === undefined) return null;
  const amounts = { daily_usd: daily, monthly_usd: monthly };
  if (kind === 'everyone') return { person: '*', ...amounts };
  if (name === '') return null;
  return kind === 'project' ? { project: name, ...amounts } : { person: name, ...amounts };
}

function useChangeLimits(onSuccess: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LimitsChange) => ask('put /api/limits', { body }),
    onSuccess,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['limits'] }),
        client.invalidateQueries({ queryKey: ['budget'] }),
        client.invalidateQueries({ queryKey: ['audit'] }),
      ]),
  });
}
