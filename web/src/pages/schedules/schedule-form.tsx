// The form for adding and changing a schedule. Errors are shown at their fields.
import { useState } from 'react';
import { ProblemError } from '../../api/call.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useProjects } from '../projects/use-projects.ts';

const fieldOf: Readonly<Record<string, keyof Draft>> = {
  SCHEDULE_NAME_INVALID: 'name',
  SCHEDULE_NAME_TAKEN: 'name',
  PROJECT_NOT_FOUND: 'project',
  CRON_INVALID: 'cron',
  CRON_NEVER: 'cron',
  TIME_ZONE_UNKNOWN: 'time_zone',
  PLACEHOLDER_UNKNOWN: 'title',
  SUBMISSION_INVALID: 'title',
  COMMAND_INVALID: 'command',
  SECRET_IN_COMMAND: 'command',
};

/** While it is typed, with the names of a request. */
export interface Draft {
  name: string;
  project: string;
  title: string;
  description: string;
  /** Empty: an agent makes the change. */
  command: string;
  cron: string;
  time_zone: string;
  limit_usd: string;
  when_open: 'skip' | 'queue';
}
export type ScheduleFields = Omit<Draft, 'limit_usd'> & { limit_usd: number };

const isAmount = (text: string) => /^\d+(\.\d+)?$/.test(text.trim()) && Number(text) > 0;

export interface ScheduleFormProps {
  title: string;
  /** Label of the button. */
  verb: string;
  start: Draft;
  isBusy: boolean;
  error: unknown;
  onSubmit(fields: ScheduleFields): void;
  onClose(): void;
}

export function ScheduleForm({
  title: head,
  verb,
  start,
  isBusy,
  error,
  onSubmit,
  onClose,
}: ScheduleFormProps) {
  const [draft, setDraft] = useState(start);
  const problem = error instanceof ProblemError ? error.problem : null;
  const field = problem ? fieldOf[problem.code] : undefined;
  const { name, project, title, cron, time_zone, limit_usd } = draft;
  const isComplete =
    [name, project, title, cron, time_zone].every((each) => each.trim() !== '') && isAmount(limit_usd);
  const of = (each: Exclude<keyof Draft, 'when_open'>) => ({
    value: draft[each],
    onChange: (text: string) => setDraft({ ...draft, [each]: text }),
    error: problem && field === each ? `${problem.detail} ${problem.advice}` : undefined,
  });
  const submit = () => {
    const trimmed = { name: name.trim(), cron: cron.trim(), time_zone: time_zone.trim() };
    onSubmit({ ...draft, ...trimmed, command: draft.command.trim(), limit_usd: Number(limit_usd) });
  };
  return (
    <FormDialog
      isWide
      onClose={onClose}
      title={head}
      description="In the texts, {{date}}, {{time}}, {{weekday}} and {{schedule}} are replaced by the scheduled date, time and weekday, and the name of the schedule."
      verb={verb}
      isComplete={isComplete}
      isBusy={isBusy}
      onSubmit={submit}
    >
      <TextField label="Name" help="Letters, digits and . _ -, e.g. dependencies." {...of('name')} />
      <ProjectField {...of('project')} />
      <TextField label="Title" help="What each work order should change, in one line." {...of('title')} />
      <Description value={draft.description} onChange={of('description').onChange} />
      <TextField
        label="Command"
        help="A shell command that makes the change instead of an agent, e.g. npm update. Leave empty for an agent."
        {...of('command')}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Cron expression"
          help="Minute, hour, day of the month, month, day of the week; or @daily, @weekly."
          {...of('cron')}
        />
        <TextField label="Time zone" help="E.g. Europe/Berlin or UTC." {...of('time_zone')} />
        <TextField
          label="Dollars for each work order"
          {...of('limit_usd')}
          error={isAmount(limit_usd) ? undefined : 'Write dollars, e.g. 2 or 0.50.'}
        />
        <WhenOpen value={draft.when_open} onChange={(when_open) => setDraft({ ...draft, when_open })} />
      </div>
      {error && field === undefined ? <Failed error={error} /> : null}
    </FormDialog>
  );
}

interface TextProps {
  value: string;
  onChange(text: string): void;
  error?: string | undefined;
}

function ProjectField({ value, onChange, error }: TextProps) {
  const projects = useProjects();
  return (
    <Field label="Project" error={error}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        >
          <option value="">Choose a project</option>
          {(projects.data?.items ?? []).map(({ id, name }) => (
            <option key={id} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Description({ value, onChange }: TextProps) {
  return (
    <Field label="Description" help="Details that the agent needs.">
      {(attributes) => (
        <textarea
          {...attributes}
          rows={4}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={inputClass}
        />
      )}
    </Field>
  );
}

function WhenOpen({ value, onChange }: { value: 'skip' | 'queue'; onChange(way: 'skip' | 'queue'): void }) {
  return (
    <Field label="If the previous work order is still open">
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => onChange(event.target.value === 'queue' ? 'queue' : 'skip')}
          className={inputClass}
        >
          <option value="skip">skip this time</option>
          <option value="queue">wait until it ends</option>
        </select>
      )}
    </Field>
  );
}
