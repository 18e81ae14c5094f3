// What a person sets for a project instead of what its file says: the reviewer, the setup and the services.
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { HiddenCharacters } from '../../parts/hidden-characters.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { announce } from '../../shell/announcements.tsx';
import { PersonForm } from './person-form.tsx';
import { type CommandsChange, useChangeCommands } from './use-projects.ts';

const none = 'none';

export function CommandsCard({ project }: { project: Project }) {
  const { reviewer, setup, services } = project;
  return (
    <Card title="Reviewer, setup and services">
      {/* Shows the stored values after a change. */}
      <CommandsForm key={JSON.stringify([reviewer, setup, services])} project={project} />
    </Card>
  );
}

function CommandsForm({ project }: { project: Project }) {
  const stored = textsOf(project);
  const [reviewer, setReviewer] = useState(stored.reviewer);
  const [setup, setSetup] = useState(stored.setup);
  const [services, setServices] = useState(stored.services);
  const save = useChangeCommands(project.id, () => announce('Saved.'));
  const map = mapIn(services);
  const change: CommandsChange = {
    ...(reviewer.trim() === stored.reviewer ? {} : { reviewer: reviewer.trim() || null }),
    ...(setup.trim() === stored.setup ? {} : { setup: commandsIn(setup) }),
    ...(services.trim() === stored.services || map === undefined ? {} : { services: map }),
  };
  const canSave = map !== undefined && Object.keys(change).length > 0;
  return (
    <PersonForm action="Save commands" canSave={canSave} save={save} onSave={() => save.mutate(change)}>
      <TextField
        label="Reviewer"
        help="The model that reviews each change, such as anthropic/claude-sonnet-4-5, or none. Empty: as .moose/config.yml or the settings say."
        value={reviewer}
        onChange={setReviewer}
      />
      <Lines
        label="Setup"
        help="One command per line, or none. Empty: those of the repository. They run on the machine that runs Moose."
        value={setup}
        onChange={setSetup}
      />
      <Lines
        label="Services"
        help='As under services: in .moose/config.yml, in JSON, such as {"db": {"command": "…", "ready": {"port": 5432}}}, or none. Empty: those of the repository.'
        error={map === undefined ? 'This is no JSON object.' : undefined}
        value={services}
        onChange={setServices}
      />
    </PersonForm>
  );
}

function Lines({
  value,
  onChange,
  error,
  ...field
}: {
  label: string;
  help: string;
  error?: string | undefined;
  value: string;
  onChange(text: string): void;
}) {
  return (
    <Field {...field} error={error}>
      {(attributes) => (
        <>
          <textarea
            {...attributes}
            rows={3}
            value={value}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
            className={`${inputClass} font-mono`}
          />
          <HiddenCharacters text={value} onChange={onChange} />
        </>
      )}
    </Field>
  );
}

function textsOf({ reviewer, setup, services }: Project) {
  return {
    reviewer: reviewer ?? '',
    setup: setup === null ? '' : setup.join('\n') || none,
    services:
      services === null ? '' : Object.keys(services).length === 0 ? none : JSON.stringify(services, null, 2),
  };
}

function commandsIn(text: string): string[] | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return null;
  return lines.join() === none ? [] : lines;
}

/** Undefined for what is no map of services; whether it is a valid one, the server says. */
function mapIn(text: string): Record<string, unknown> | null | undefined {
  const given = text.trim();
  if (given === '') return null;
  if (given === none) return {};
  try {
    const value: unknown = JSON.parse(given);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
