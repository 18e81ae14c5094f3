import { useId } from 'react';
import type { Setting } from '../../../../src/contract/contract.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { describeValue } from './describe-value.ts';
import { formOf } from './setting-draft.ts';

export interface TextEditorProps {
  setting: Setting;
  text: string;
  problem: string | undefined;
  onChange(text: string): void;
}

const textCharsMax = 200;
/** Longer lists become a text field with suggestions. */
const selectedMax = 20;

/** Edits a number, a duration, a text or a choice. */
export function TextEditor({ setting, text, problem, onChange }: TextEditorProps) {
  const { kind, default: byDefault } = setting;
  const form = formOf(setting);
  const choices = kind === 'boolean' ? ['true', 'false'] : (setting.choices ?? []);
  const isChosen = choices.length > 0 && choices.length <= selectedMax;
  const help = `${form === '' ? '' : `${form.charAt(0).toUpperCase()}${form.slice(1)}. `}Default: ${describeValue(setting, byDefault)}.`;
  return (
    <Field label={isChosen ? 'Choice' : 'Value'} help={help} error={problem}>
      {(attributes) =>
        isChosen ? (
          <select
            {...attributes}
            value={text}
            onChange={(event) => onChange(event.target.value)}
            className={inputClass}
          >
            {[...new Set([...choices, text])].map((choice) => (
              <option key={choice} value={choice}>
                {kind === 'boolean' ? (choice === 'true' ? 'yes' : 'no') : choice}
              </option>
            ))}
          </select>
        ) : (
          <Written {...{ attributes, kind, choices, text, onChange }} />
        )
      }
    </Field>
  );
}

interface WrittenProps extends Pick<TextEditorProps, 'text' | 'onChange'> {
  attributes: Readonly<Record<string, unknown>>;
  kind: Setting['kind'];
  choices: readonly string[];
}

const units: Partial<Record<Setting['kind'], string>> = { usd: '$', share: '%' };

function Written({ attributes, kind, choices, text, onChange }: WrittenProps) {
  const listId = useId();
  const unit = units[kind];
  const isNumber = kind === 'usd' || kind === 'integer' || kind === 'share';
  const hasList = choices.length > 0;
  const input = (
    <input
      {...attributes}
      {...(hasList ? { list: listId } : {})}
      value={text}
      inputMode={isNumber ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      maxLength={textCharsMax}
      onChange={(event) => onChange(event.target.value)}
      className={inputClass}
    />
  );
  return (
    <div className="flex items-center gap-2">
      {unit === '$' ? <span aria-hidden>$</span> : null}
      {input}
      {unit === '%' ? <span aria-hidden>%</span> : null}
      {hasList ? (
        <datalist id={listId}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      ) : null}
    </div>
  );
}
