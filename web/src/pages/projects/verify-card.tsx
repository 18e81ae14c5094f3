// How strictly the changes of a project are judged when their checks are green, and together with which others.
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useChangeVerification } from './use-projects.ts';
import { useWhyNotForge } from './why-not.ts';

type Level = NonNullable<Project['verify']>;
type Mode = NonNullable<Project['together']>;
type Options<Value extends string> = ReadonlyArray<{ value: Value | ''; words: string }>;

const levels: Options<Level> = [
  { value: '', words: 'Default (.moose/config.yml, or standard)' },
  { value: 'strict', words: 'Strict: refuse all that weakens the checks' },
  { value: 'standard', words: 'Standard' },
  { value: 'checks-only', words: 'Checks only: exit codes decide' },
];
const modes: Options<Mode> = [
  { value: '', words: 'Default (.moose/config.yml, or the setting)' },
  { value: 'likely', words: 'Those that something connects with it' },
  { value: 'all', words: 'All open changes of the project' },
  { value: 'off', words: 'None' },
];

export function VerifyCard({ project }: { project: Project }) {
  const whyNot = useWhyNotForge();
  const save = useChangeVerification(project.id, () => announce('Saved.'));
  const isDisabled = whyNot !== null || save.isPending;
  return (
    <Card title="Verification">
      {whyNot === null ? null : <p className="mb-4 text-[13px] text-quiet">{whyNot}</p>}
      <div className="flex flex-col gap-4">
        <Choice
          label="When checks are green"
          help="Standard runs checks again with the tests of the base, and refuses a change that is green only because it alters what judges it."
          options={levels}
          value={project.verify}
          isDisabled={isDisabled}
          onChange={(verify) => save.mutate({ verify })}
        />
        <Choice
          label="Checked together with"
          help="Before a change is published or merged, its checks run on the newest base with these other changes."
          options={modes}
          value={project.together}
          isDisabled={isDisabled}
          onChange={(together) => save.mutate({ together })}
        />
      </div>
      {save.error ? <Failed error={save.error} /> : null}
    </Card>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  help: string;
  options: Options<Value>;
  value: Value | null;
  isDisabled: boolean;
  /** Null: the default. */
  onChange(value: Value | null): void;
}

function Choice<Value extends string>({
  label,
  help,
  options,
  value,
  isDisabled,
  onChange,
}: ChoiceProps<Value>) {
  return (
    <Field label={label} help={help}>
      {(attributes) => (
        <select
          {...attributes}
          value={value ?? ''}
          disabled={isDisabled}
          onChange={(event) =>
            onChange(options.find((option) => option.value === event.target.value)?.value || null)
          }
          className={inputClass}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
