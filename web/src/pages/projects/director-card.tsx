// What the Director approves without a person in a project: the project's own limits, or those of the settings.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Project, ProjectChange } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { Words } from '../../parts/words.tsx';
import { announce } from '../../shell/announcements.tsx';
import { PersonForm } from './person-form.tsx';
import { useChangeProject } from './use-projects.ts';

type Name = Project['director']['own'][number];
type Draft = Record<Name, string>;

const limits: ReadonlyArray<{ name: Exclude<Name, 'mode'>; label: string }> = [
  { name: 'cost_usd', label: 'Cost of a plan, in dollars' },
  { name: 'unsure_usd', label: 'Cost without history, in dollars' },
  { name: 'work_orders', label: 'Work orders' },
  { name: 'files', label: 'Files' },
  { name: 'complexity', label: 'Complexity, from 0 to 1' },
];
const names: readonly Name[] = ['mode', ...limits.map(({ name }) => name)];

/** An empty value means that the settings apply. */
const draftOf = ({ director }: Project): Draft =>
  Object.fromEntries(
    names.map((name) => [name, director.own.includes(name) ? String(director[name]) : '']),
  ) as Draft;

const sent = (name: Name, text: string) =>
  text.trim() === '' ? null : name === 'mode' ? text : Number(text);

export function DirectorCard({ project }: { project: Project }) {
  const { hard_stops_off } = project.director;
  return (
    <Card title="Director">
      <p className="mb-4">
        {project.director.mode === 'ask'
          ? 'The Director asks a person about every plan of this project.'
          : 'The Director approves plans within these limits, and asks a person about all others.'}
      </p>
      {hard_stops_off.length === 0 ? null : (
        <p className="mb-4 rounded-md bg-warn-soft p-3 text-warn [overflow-wrap:anywhere]">
          It does not ask about <Words text={hard_stops_off.join(', ')} />: these hard-stop words are switched
          off in the{' '}
          <Link to="/settings" search={{ group: 'policies' }} className="underline underline-offset-2">
            settings
          </Link>
          .
        </p>
      )}
      {/* Shows the stored values after a change. */}
      <DirectorForm key={JSON.stringify(project.director)} project={project} />
    </Card>
  );
}

function DirectorForm({ project }: { project: Project }) {
  const stored = draftOf(project);
  const [draft, setDraft] = useState(stored);
  const save = useChangeProject(project.id, () => announce('Saved.'));
  const changed = names.filter((name) => draft[name].trim() !== stored[name]);
  const bad = changed.filter((name) => name !== 'mode' && !(Number(draft[name]) >= 0));
  const canSave = changed.length > 0 && bad.length === 0;
  const onSave = () =>
    save.mutate({
      director: Object.fromEntries(changed.map((name) => [name, sent(name, draft[name])])),
    } as ProjectChange);
  const { mode, own } = project.director;
  return (
    <PersonForm action="Save limits" canSave={canSave} save={save} onSave={onSave}>
      <Field label="Plans of low risk">
        {(attributes) => (
          <select
            {...attributes}
            value={draft.mode}
            onChange={({ target }) => setDraft({ ...draft, mode: target.value })}
            className={inputClass}
          >
            <option value="">Use the settings{own.includes('mode') ? '' : ` (${mode})`}</option>
            <option value="policy">The Director approves them</option>
            <option value="ask">Ask about every plan</option>
          </select>
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {limits.map(({ name, label }) => (
          <TextField
            key={name}
            label={label}
            help={
              own.includes(name) ? 'Empty: use the settings.' : `In the settings: ${project.director[name]}.`
            }
            error={bad.includes(name) ? 'Enter 0 or more, or leave it empty.' : undefined}
            value={draft[name]}
            onChange={(text) => setDraft({ ...draft, [name]: text })}
          />
        ))}
      </div>
    </PersonForm>
  );
}
