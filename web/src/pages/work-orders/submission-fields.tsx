import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { ask } from '../../api/ask.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { legible } from '../../parts/plain-text.ts';
import { useMe } from '../../shell/me.ts';
import { useProjects } from './filter-panel.tsx';
import type { Draft, FieldProblems } from './submission-draft.ts';

interface FieldsProps {
  draft: Draft;
  change(changed: Partial<Draft>): void;
  problems: FieldProblems;
}

export function SubmissionFields(props: FieldsProps) {
  return (
    <>
      {useMe().me.role === 'admin' ? <Repository {...props} /> : <KnownRepository {...props} />}
      <TextField
        {...props}
        name="title"
        label="Title"
        help="What should change, in one line."
        maxLength={200}
      />
      <TextField
        {...props}
        name="description"
        label="Description"
        help="Details that the agent needs."
        rows={5}
      />
      <TextField
        {...props}
        name="acceptance"
        label="Acceptance criteria"
        help="How to tell that the work is done."
        rows={3}
      />
      <details className="rounded-md border border-line" open={hasMore(props)}>
        <summary className="px-3 py-2 font-medium">Checks, agent, model, limits</summary>
        <div className="flex flex-col gap-4 border-t border-line p-3">
          <TextField
            {...props}
            name="checks"
            label="Checks"
            rows={3}
            isCode
            help="Commands that must pass, one per line, e.g. test=npm test. Leave empty to detect them from the repository."
          />
          <div className="grid gap-4 sm:grid-cols-3">
            <NameField {...props} name="agent" label="Agent" operation="get /api/agents" />
            <NameField {...props} name="model" label="Model" operation="get /api/models" />
            <TextField
              {...props}
              name="limit_usd"
              label="Cost limit in USD"
              help="The maximum that this work order may cost."
            />
          </div>
          <TextField
            {...props}
            name="command"
            label="Command"
            isCode
            help="A shell command that makes the change instead of an agent, e.g. npm update. No model is called, and nothing is spent. Leave empty for an agent."
          />
          <TextField
            {...props}
            name="best_of"
            label="Candidates"
            help="From 2 to 5: each one is made on its own, the best one is kept, and the limit is divided among them. Leave empty for one."
          />
          <TextField
            {...props}
            name="also_in"
            label="Also in"
            rows={2}
            isCode
            help="More repositories for the same change, one per line: a path, an address, or the name of a project. Only an admin can name one that is not a project yet. Each follows those before it, and they are published together."
          />
          <TextField
            {...props}
            name="labels"
            label="Machine labels"
            isCode
            help="Only a machine with all of these labels does the work, e.g. gpu=yes. Leave empty for the labels of the project."
          />
          <Choice {...props} name="needs_approval">
            Require approval before it starts
          </Choice>
          <Choice {...props} name="allow_ci_changes">
            Allow changes to CI and hook configuration
          </Choice>
        </div>
      </details>
      <AskedFields {...props} />
    </>
  );
}

/** Tests and configuration judge the change: what weakens them is refused, unless the task asks for it (R-GREEN-17). */
function AskedFields(props: FieldsProps) {
  const names = ['tests_may_change', 'needs_test', 'skips', 'removes', 'configuration'] as const;
  return (
    <details className="rounded-md border border-line" open={isFilled(props, names)}>
      <summary className="px-3 py-2 font-medium">What may change beside the product</summary>
      <div className="flex flex-col gap-4 border-t border-line p-3">
        <p className="text-[13px] text-quiet">
          Tests and configuration judge the change, so a change that weakens them is refused. Fill in what
          this task asks for; nobody guesses it from the description.
        </p>
        <Choice {...props} name="tests_may_change">
          Tests may demand less, or something else
        </Choice>
        <Choice {...props} name="needs_test">
          The change must bring a test that fails without it
        </Choice>
        <TextField
          {...props}
          name="skips"
          label="Tests that may be skipped"
          rows={2}
          isCode
          help="Their names, one per line."
        />
        <TextField
          {...props}
          name="removes"
          label="What is removed"
          rows={2}
          isCode
          help="Names or paths, one per line. The tests of what is removed may go too."
        />
        <TextField
          {...props}
          name="configuration"
          label="Configuration that may change"
          rows={2}
          isCode
          help="Paths of settings, scripts and locks, one per line, e.g. tsconfig.json or packages/*/package.json."
        />
      </div>
    </details>
  );
}

/** Stays open if a field inside has text or an error. */
function hasMore(props: FieldsProps): boolean {
  return isFilled(props, [
    'checks',
    'agent',
    'model',
    'command',
    'limit_usd',
    'best_of',
    'also_in',
    'labels',
    'needs_approval',
    'allow_ci_changes',
  ]);
}

function isFilled({ draft, problems }: FieldsProps, names: ReadonlyArray<keyof Draft>): boolean {
  return names.some((name) => Boolean(draft[name]) || problems[name] !== undefined);
}

interface TextFieldProps extends FieldsProps {
  name:
    | 'title'
    | 'description'
    | 'acceptance'
    | 'checks'
    | 'limit_usd'
    | 'command'
    | 'best_of'
    | 'also_in'
    | 'labels'
    | 'skips'
    | 'removes'
    | 'configuration';
  label: string;
  help: string;
  rows?: number;
  maxLength?: number;
  isCode?: boolean;
}

const textCharsMax = 100_000;

function TextField({ draft, change, problems, name, label, help, rows, maxLength, isCode }: TextFieldProps) {
  const shared = {
    value: draft[name],
    maxLength: maxLength ?? textCharsMax,
    spellCheck: !isCode,
    className: isCode ? `${inputClass} font-mono text-[13px]` : inputClass,
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  };
  return (
    <Field label={label} help={help} error={problems[name]}>
      {(attributes) =>
        rows ? (
          <textarea {...attributes} {...shared} rows={rows} />
        ) : (
          <input
            {...attributes}
            {...shared}
            inputMode={name === 'limit_usd' ? 'decimal' : 'text'}
            autoComplete="off"
          />
        )
      }
    </Field>
  );
}

function Repository({ draft, change, problems }: FieldsProps) {
  const listId = useId();
  const { data } = useProjects();
  return (
    <Field
      label="Repository"
      help="Absolute path on the machine that runs Moose, or the URL of a remote."
      error={problems.repository_path}
    >
      {(attributes) => (
        <>
          <input
            {...attributes}
            list={listId}
            autoComplete="off"
            spellCheck={false}
            maxLength={4_096}
            placeholder="/srv/clock"
            value={draft.repository_path}
            onChange={(event) => change({ repository_path: event.target.value })}
            className={`${inputClass} font-mono text-[13px]`}
          />
          <datalist id={listId}>
            {data?.items.map(({ id, name, repository_path, remote_url }) => (
              <option key={id} value={repository_path ?? remote_url ?? ''}>
                {legible(name)}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** Only an admin may name a repository that is not a project yet. */
function KnownRepository({ draft, change, problems }: FieldsProps) {
  const { data } = useProjects();
  const places = (data?.items ?? []).map(({ id, name, repository_path, remote_url }) => ({
    id,
    name,
    place: repository_path ?? remote_url ?? '',
  }));
  return (
    <Field
      label="Repository"
      help="The repositories that are projects. Ask an admin to add another one."
      error={problems.repository_path}
    >
      {(attributes) => (
        <select
          {...attributes}
          value={places.some(({ place }) => place === draft.repository_path) ? draft.repository_path : ''}
          onChange={(event) => change({ repository_path: event.target.value })}
          className={inputClass}
        >
          <option value="">Choose a project</option>
          {places.map(({ id, name, place }) => (
            <option key={id} value={place}>
              {legible(name)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NameFieldProps extends FieldsProps {
  name: 'agent' | 'model';
  label: string;
  operation: 'get /api/agents' | 'get /api/models';
}

/** A choice of the known names; a text field if they cannot be loaded. */
function NameField({ draft, change, problems, name, label, operation }: NameFieldProps) {
  const listId = useId();
  const { data } = useQuery({
    queryKey: [`${name}s`],
    queryFn: ({ signal }) => ask(operation, { signal }),
  });
  return (
    <Field label={label} help="Leave empty for the default." error={problems[name]}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            list={listId}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            value={draft[name]}
            onChange={(event) => change({ [name]: event.target.value })}
            className={inputClass}
          />
          <datalist id={listId}>
            {data?.items.map((item) => (
              <option key={item.name} value={item.name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

interface ChoiceProps extends FieldsProps {
  name: 'needs_approval' | 'allow_ci_changes' | 'tests_may_change' | 'needs_test';
  children: string;
}

function Choice({ draft, change, name, children }: ChoiceProps) {
  return (
    <label className="flex items-center gap-2.5">
      <input
        type="checkbox"
        checked={draft[name]}
        onChange={(event) => change({ [name]: event.target.checked })}
        className="size-4 accent-accent"
      />
      {children}
    </label>
  );
}
