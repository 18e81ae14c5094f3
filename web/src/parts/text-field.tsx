// One line of text for the machine: names, addresses, branches. Nothing is completed or corrected.
import { Field, type FieldProps, inputClass } from './field.tsx';

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  value: string;
  onChange(text: string): void;
}

export function TextField({ value, onChange, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  );
}
