// The fields of the forms that make a token or an invite.
import type { Me } from '../../../../src/contract/contract.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { roleMeanings } from '../../parts/role-meanings.ts';

type Role = Me['role'];
const nameCharsMax = 100;

export function RoleField({ role, onChange }: { role: Role; onChange(role: Role): void }) {
  return (
    <Field label="Role" help={roleMeanings[role]}>
      {(attributes) => (
        <select
          {...attributes}
          value={role}
          onChange={(event) => onChange(event.target.value as Role)}
          className={inputClass}
        >
          {Object.keys(roleMeanings).map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NameProps {
  label: string;
  help: string;
  value: string;
  onChange(text: string): void;
  error?: string | undefined;
}

export function NameField({ label, help, value, onChange, error }: NameProps) {
  return (
    <Field label={label} help={help} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          autoComplete="off"
          maxLength={nameCharsMax}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  );
}
