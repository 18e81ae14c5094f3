import { Field, inputClass } from '../../parts/field.tsx';
import { actMeanings, recoveryWords, wordOf } from './recovery-row.ts';
import type { RowDraft, ValueProblems } from './setting-draft.ts';

export interface RowFieldsProps {
  row: RowDraft;
  problems: ValueProblems;
  onChange(row: RowDraft): void;
}

export function RowFields({ row, problems, onChange }: RowFieldsProps) {
  const write = (written: Partial<RowDraft>) => onChange({ ...row, ...written });
  const fields = { row, problems, write };
  const hasDelays = row.act === 'retry' || row.act === 'pause';
  const hasOtherwise = row.act === 'retry' || row.act === 'fall_back';
  return (
    <div className="grid gap-3 border-t border-line p-3 sm:grid-cols-2">
      <Choice {...fields} name="component" label="Where" any="anywhere" />
      <Choice {...fields} name="failure_class" label="Failure class" any="any" />
      <Choice {...fields} name="category" label="Kind" any="any" />
      <Written
        {...fields}
        name="code"
        label="Code"
        help="Of one error, like AGENT_CRASHED; empty: any."
        value={row.code ?? ''}
        onChange={(text) => write({ code: text.trim() === '' ? null : text.trim().toUpperCase() })}
      />
      <Choice
        {...fields}
        name="act"
        label="What is done"
        help={actMeanings[row.act]}
        onChange={(act) =>
          write({
            act,
            ...(act === 'retry' || act === 'pause' ? {} : { delays: '' }),
            ...(act === 'retry' || act === 'fall_back' ? {} : { otherwise: null }),
          })
        }
      />
      {hasOtherwise ? (
        <Choice
          {...fields}
          name="otherwise"
          label="When that is used up"
          any="ask a human"
          onChange={(act) => write({ otherwise: act === '' ? null : act })}
        />
      ) : null}
      {hasDelays ? <Delays {...fields} /> : null}
      <div className="sm:col-span-2">
        <Written
          {...fields}
          name="because"
          label="Because"
          help="Why, in a sentence; whoever is asked about the failure reads it."
          value={row.because}
          onChange={(because) => write({ because })}
        />
      </div>
    </div>
  );
}

function Delays(fields: OfRow) {
  const { row, write } = fields;
  return (
    <Written
      {...fields}
      name="delays_ms"
      label="After"
      help={
        row.act === 'retry'
          ? 'As many retries as there are delays, like: 1 s, 30 s × 4, 2 min'
          : 'The last one holds from then on, like: 10 s, 30 s, 1 min'
      }
      value={row.delays}
      onChange={(delays) => write({ delays })}
    />
  );
}

interface OfRow {
  row: RowDraft;
  problems: ValueProblems;
  write(written: Partial<RowDraft>): void;
}

interface ChoiceProps extends OfRow {
  name: keyof typeof recoveryWords;
  label: string;
  help?: string | undefined;
  /** What the first choice, which narrows nothing, is called. */
  any?: string;
  onChange?(word: string): void;
}

function Choice({ row, problems, write, name, label, help, any, onChange }: ChoiceProps) {
  const value = row[name] ?? '';
  const words = [...new Set([...(name === 'otherwise' ? [''] : []), ...recoveryWords[name], value])];
  const change = onChange ?? ((word: string) => write({ [name]: word }));
  return (
    <Field label={label} help={help} error={problems[name]}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => change(event.target.value)}
          className={inputClass}
        >
          {words.map((word) => (
            <option key={word} value={word}>
              {word === '*' || word === '' ? (any ?? word) : wordOf(word)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface WrittenProps extends OfRow {
  name: string;
  label: string;
  help: string;
  value: string;
  onChange(text: string): void;
}

const textCharsMax = 1_000;

function Written({ problems, name, label, help, value, onChange }: WrittenProps) {
  return (
    <Field label={label} help={help} error={problems[name]}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          dir="auto"
          autoComplete="off"
          maxLength={textCharsMax}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  );
}
