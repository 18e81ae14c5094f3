// Sets or replaces a variable. The value of a secret is sent to the server, which never returns it.
import { useState } from 'react';
import type { NewVariable, ProjectVariable } from '../../../../src/contract/contract.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useSetVariable } from './use-projects.ts';

type Session = NonNullable<NewVariable['for']>[number];

const sessions: ReadonlyArray<{ name: Session; title: string; help: string }> = [
  { name: 'setup', title: 'Setup', help: 'what installs the project' },
  { name: 'checks', title: 'Checks', help: 'tests, linters and builds' },
  { name: 'agents', title: 'Agents', help: 'can use it, and write it into files' },
];
const byDefault: readonly Session[] = ['setup', 'checks'];

interface SetVariableProps {
  id: string;
  project: string;
  /** The variable to replace; null for a new one. */
  replaced: ProjectVariable | null;
  onClose(): void;
}

const problemField = (code: string): 'name' | 'value' | null => {
  if (code === 'VARIABLE_NAME_REFUSED') return 'name';
  return code === 'VARIABLE_VALUE_INVALID' ? 'value' : null;
};

export function SetVariable({ id, project, replaced, onClose }: SetVariableProps) {
  const [name, setName] = useState(replaced?.name ?? '');
  const [value, setValue] = useState('');
  const [isSecret, setSecret] = useState(replaced?.is_secret ?? true);
  const [chosen, setChosen] = useState<readonly Session[]>(replaced?.for ?? byDefault);
  const set = useSetVariable(id, (done) => {
    announce(`Set ${done.name}.`);
    onClose();
  });
  const problem = set.error instanceof ProblemError ? set.error.problem : null;
  const field = problem ? problemField(problem.code) : null;
  const problemAt = (each: 'name' | 'value') =>
    problem && field === each ? `${problem.detail} ${problem.advice}` : undefined;
  const isComplete = name.trim() !== '' && value !== '' && chosen.length > 0;
  const submit = () => {
    set.mutate({ name: name.trim(), value, is_secret: isSecret, for: [...chosen] });
  };
  return (
    <FormDialog
      onClose={onClose}
      title={replaced === null ? `Set a variable of ${project}` : `Replace ${replaced.name}`}
      description="Sessions that start from now on get it."
      verb={replaced === null ? 'Set variable' : 'Replace'}
      isComplete={isComplete}
      isBusy={set.isPending}
      onSubmit={submit}
    >
      {replaced === null ? <NameField name={name} onChange={setName} error={problemAt('name')} /> : null}
      <ValueField value={value} isSecret={isSecret} onChange={setValue} error={problemAt('value')} />
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          checked={isSecret}
          onChange={(event) => setSecret(event.target.checked)}
          className="mt-1"
        />
        <span>
          Secret
          <span className="block text-[13px] text-quiet">
            It is never shown again, and hidden in logs, outputs, errors and pull requests.
          </span>
        </span>
      </label>
      <Sessions chosen={chosen} onChange={setChosen} />
      {set.error && field === null ? <Failed error={set.error} /> : null}
    </FormDialog>
  );
}

interface NameFieldProps {
  name: string;
  onChange(name: string): void;
  error: string | undefined;
}

function NameField({ name, onChange, error }: NameFieldProps) {
  return (
    <Field label="Name" help="Letters, digits and underscores, e.g. NPM_TOKEN." error={error}>
      {(attributes) => (
        <input
          {...attributes}
          value={name}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          className={`${inputClass} font-mono text-[13px]`}
        />
      )}
    </Field>
  );
}

interface ValueFieldProps {
  value: string;
  isSecret: boolean;
  onChange(value: string): void;
  error: string | undefined;
}

/**
 * A password field has only one line. To paste a value of several lines, such as a key, the user presses Show value.
 */
function ValueField({ value, isSecret, onChange, error }: ValueFieldProps) {
  const [isShown, setShown] = useState(false);
  const isHidden = isSecret && !isShown;
  return (
    <Field label="Value" error={error}>
      {(attributes) => (
        <div className="flex items-start gap-2">
          {isHidden ? (
            <input
              {...attributes}
              type="password"
              value={value}
              autoComplete="new-password"
              onChange={(event) => onChange(event.target.value)}
              className={inputClass}
            />
          ) : (
            <textarea
              {...attributes}
              rows={3}
              value={value}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange(event.target.value)}
              className={`${inputClass} font-mono text-[13px]`}
            />
          )}
          {isSecret ? (
            <Button aria-pressed={isShown} onClick={() => setShown(!isShown)} className="shrink-0">
              {isShown ? 'Hide value' : 'Show value'}
            </Button>
          ) : null}
        </div>
      )}
    </Field>
  );
}

interface SessionsProps {
  chosen: readonly Session[];
  onChange(chosen: readonly Session[]): void;
}

function Sessions({ chosen, onChange }: SessionsProps) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="pb-1 font-medium">Which sessions get it</legend>
      {sessions.map(({ name, title, help }) => (
        <label key={name} className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, name] : chosen.filter((each) => each !== name))
            }
          />
          <span>
            {title} <span className="text-[13px] text-quiet">{help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
