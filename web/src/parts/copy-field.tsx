import { useState } from 'react';
import { Button } from './button.tsx';
import { Field, inputClass } from './field.tsx';

/** Shows a secret to be copied. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const [told, setTold] = useState('');
  const copy = () =>
    // The clipboard is missing on pages served over plain HTTP from another machine.
    Promise.resolve(navigator.clipboard)
      .then((clipboard) => clipboard.writeText(value))
      .then(
        () => setTold('Copied.'),
        () => setTold('Copying failed. Select the text and copy it manually.'),
      );
  return (
    <Field label={label} help={<span role="status">{told}</span>}>
      {(attributes) => (
        <div className="flex gap-2">
          <input
            {...attributes}
            readOnly
            value={value}
            onFocus={(event) => event.target.select()}
            className={`${inputClass} font-mono text-[13px]`}
          />
          <Button onClick={() => void copy()}>Copy</Button>
        </div>
      )}
    </Field>
  );
}
