// Adds a schedule. What is wrong is told at its field.
import { type FormEvent, useId, useState } from 'react';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useProjects } from '../projects/use-projects.ts';
import { useAddSchedule } from './use-schedules.ts';

const fieldOf: Readonly<Record<string, keyof Draft>> = {
  SCHEDULE_NAME_INVALID: 'name',
  SCHEDULE_NAME_TAKEN: 'name',
  PROJECT_NOT_FOUND: 'project',
  CRON_INVALID: 'cron',
  CRON_NEVER: 'cron',
  TIME_ZONE_UNKNOWN: 'zone',
  PLACEHOLDER_UNKNOWN: 'title',
  SUBMISSION_INVALID: 'title',
};

interface Draft {
  name: string;
  project: string;
  title: string;
  description: string;
  cron: string;
  zone: string;
  limit: string;
}

const emptyDraft = (): Draft => ({
  ...{ name: '', project: '', title: '', description: '', cron: '30 1 * * 1-5', limit: '2' },
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});
const isAmount = (text: string) => /^\d+(\.\d+)?$/.test(text.trim()) && Number(text) > 0;

export function AddSchedule({ onClose, onAdded }: { onClose(): void; onAdded(name: string): void }) {
  const formId = useId();
  const [draft, setDraft] = useState(emptyDraft);
  const [whenOpen, setWhenOpen] = useState<'skip' | 'queue'>('skip');
  const add = useAddSchedule(({ schedule }) => onAdded(schedule.name));
  const problem = add.error instanceof ProblemError ? add.error.problem : null;
  const field = problem ? fieldOf[problem.code] : undefined;
  const { name, project, title, description, cron, zone, limit } = draft;
  const isComplete =
    [name, project, title, cron, zone].every((each) => each.trim() !== '') && isAmount(limit);
  const of = (each: keyof Draft) => ({
    value: draft[each],
    onChange: (text: string) => setDraft({ ...draft, [each]: text }),
    error: problem && field === each ? `${problem.detail} ${problem.advice}` : undefined,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    const when = { cron, time_zone: zone.trim(), when_open: whenOpen, limit_usd: Number(limit) };
    add.mutate({ name: name.trim(), project, title, description, ...when });
  };
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="Add schedule"
      description="In the texts, {{date}}, {{time}}, {{weekday}} and {{schedule}} stand for the values of the due instant."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" isBusy={add.isPending} disabled={!isComplete}>
            Add schedule
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <TextField label="Name" help="Letters, digits and . _ -, e.g. dependencies." {...of('name')} />
        <ProjectField {...of('project')} />
        <TextField label="Title" help="What each work order should change, in one line." {...of('title')} />
        <Description value={description} onChange={of('description').onChange} />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Cron expression"
            help="Minute, hour, day of the month, month, day of the week; or @daily, @weekly."
            {...of('cron')}
          />
          <TextField label="Time zone" help="E.g. Europe/Berlin or UTC." {...of('zone')} />
          <TextField
            label="Dollars for each work order"
            {...of('limit')}
            error={isAmount(limit) ? undefined : 'Write dollars, e.g. 2 or 0.50.'}
          />
          <WhenOpen value={whenOpen} onChange={setWhenOpen} />
        </div>
        {add.error && field === undefined ? <Failed error={add.error} /> : null}
      </form>
    </Dialog>
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
            <option key={id} value={id}>
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
          <option value="skip">skip the instant</option>
          <option value="queue">wait until it ends</option>
        </select>
      )}
    </Field>
  );
}
