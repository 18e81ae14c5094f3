// A one-line input for technical text such as names, addresses and branches: browsers do not autocomplete or correct
// it.
import { Field, type FieldProps, inputClass } from './field.tsx';
import { HiddenCharacters } from './hidden-characters.tsx';

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  value: string;
  onChange(text: string): void;
}

export function TextField({ value, onChange, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            value={value}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
            className={inputClass}
          />
          <HiddenCharacters text={value} onChange={onChange} />
        </>
      )}
    </Field>
  );
}
