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
      <Choice {...fields} name="component" label="Component" any="any" />
      <Choice {...fields} name="failure_class" label="Failure class" any="any" />
      <Choice {...fields} name="category" label="Category" any="any" />
      <Written
        {...fields}
        name="code"
        label="Code"
        help="An error code, e.g. AGENT_CRASHED. Leave empty for any."
        value={row.code ?? ''}
        onChange={(text) => write({ code: text.trim() === '' ? null : text.trim().toUpperCase() })}
      />
      <Choice
        {...fields}
        name="act"
        label="Recovery"
        help={actMeanings[row.act]}
        onChange={(act) =>
          write({
            act,
            ...(act === 'retry' || act === 'pause' ? {} : { delays: '' }),
            ...(act === 'retry' || act === 'fall_back' || act === 'pause' ? {} : { otherwise: null }),
          })
        }
      />
      {hasOtherwise ? (
        <Choice
          {...fields}
          name="otherwise"
          label="If that fails"
          any="escalate"
          onChange={(act) => write({ otherwise: act === '' ? null : act })}
        />
      ) : null}
      {hasDelays ? <Delays {...fields} /> : null}
      <div className="sm:col-span-2">
        <Written
          {...fields}
          name="because"
          label="Reason"
          help="One sentence. It is shown with questions about the failure."
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
      label="Delays"
      help={
        row.act === 'retry'
          ? 'One retry per delay, e.g. 1 s, 30 s × 4, 2 min'
          : 'The last delay repeats, e.g. 10 s, 30 s, 1 min'
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
  /** Label of the first choice, which matches everything. */
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
