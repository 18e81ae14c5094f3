// Form rows with a text, a choice and an optional second text: the criteria and files of a planned work order.
import { Plus, X } from 'lucide-react';
import { Button } from '../../parts/button.tsx';
import { inputClass } from '../../parts/field.tsx';
import { HiddenCharacters } from '../../parts/hidden-characters.tsx';

interface Cell<Row> {
  field: keyof Row & string;
  label: string;
  placeholder?: string;
  /** Offers these instead of free text. */
  choices?: readonly string[];
}

export interface OrderRowsProps<Row extends Record<string, string>> {
  legend: string;
  /** The name of one row: `criterion`. */
  one: string;
  rows: readonly Row[];
  empty: Row;
  cells: ReadonlyArray<Cell<Row>>;
  error?: string | undefined;
  onChange(rows: Row[]): void;
}

export function OrderRows<Row extends Record<string, string>>(props: OrderRowsProps<Row>) {
  const { legend, one, rows, empty, cells, error, onChange } = props;
  const change = (at: number, field: string, value: string) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, [field]: value } : row)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="font-medium">{legend}</legend>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity, and every field is controlled.
        <div key={at} className="flex flex-wrap items-center gap-2 rounded-md bg-raised p-2">
          {cells.map(({ field, label, placeholder, choices }) => {
            const attributes = {
              'aria-label': `${label} of ${one} ${at + 1}`,
              value: row[field] ?? '',
              onChange: ({ target }: { target: { value: string } }) => change(at, field, target.value),
            };
            return choices ? (
              <select key={field} {...attributes} className={`${inputClass} !w-auto`}>
                {[...new Set([...choices, row[field] ?? ''])].map((choice) => (
                  <option key={choice}>{choice}</option>
                ))}
              </select>
            ) : (
              <input
                key={field}
                {...attributes}
                dir="auto"
                autoComplete="off"
                placeholder={placeholder}
                className={`${inputClass} !w-auto min-w-0 flex-1 basis-56`}
              />
            );
          })}
          <Button
            look="quiet"
            size="small"
            aria-label={`Remove ${one} ${at + 1}`}
            onClick={() => onChange(rows.filter((_, index) => index !== at))}
          >
            <X aria-hidden size={16} />
          </Button>
          {cells.map(({ field, label }) => (
            <HiddenCharacters
              key={`${field} hidden`}
              of={label}
              text={row[field] ?? ''}
              onChange={(text) => change(at, field, text)}
            />
          ))}
        </div>
      ))}
      {error === undefined ? null : <p className="text-[13px] text-bad">{error}</p>}
      <Button size="small" className="self-start" onClick={() => onChange([...rows, empty])}>
        <Plus aria-hidden size={14} />
        Add a {one}
      </Button>
    </fieldset>
  );
}
