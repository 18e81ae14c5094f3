// Changes a schedule. Only what differs is sent, so what others change meanwhile stays.
import { useState } from 'react';
import type { ChangedSchedule, ScheduleDetail } from '../../../../src/contract/contract.ts';
import { type ScheduleFields, ScheduleForm } from './schedule-form.tsx';
import { type ScheduleChange, useChangeSchedule } from './use-schedules.ts';

const fieldsOf = (schedule: ScheduleDetail): ScheduleFields => ({
  name: schedule.name,
  project: schedule.project,
  title: schedule.title,
  description: schedule.description,
  command: schedule.command ?? '',
  cron: schedule.cron,
  time_zone: schedule.time_zone,
  limit_usd: schedule.limit_usd,
  when_open: schedule.when_open,
});

function changeOf(old: ScheduleFields, fields: ScheduleFields): ScheduleChange {
  const entries = Object.entries(fields);
  const changed = entries.filter(([name, value]) => value !== old[name as keyof ScheduleFields]);
  // Without a command, an agent makes the change.
  return Object.fromEntries(
    changed.map(([name, value]) => [name, name === 'command' && value === '' ? null : value]),
  );
}

interface ChangeProps {
  schedule: ScheduleDetail;
  onClose(): void;
  onChanged(changed: ChangedSchedule): Promise<void>;
}

export function ChangeSchedule({ schedule, onClose, onChanged }: ChangeProps) {
  const change = useChangeSchedule(schedule.name, onChanged);
  // As it was when the form was opened.
  const [old] = useState(() => fieldsOf(schedule));
  const submit = (fields: ScheduleFields) => {
    const wanted = changeOf(old, fields);
    if (Object.keys(wanted).length === 0) onClose();
    else change.mutate(wanted);
  };
  return (
    <ScheduleForm
      title={`Change ${schedule.name}`}
      verb="Save changes"
      start={{ ...old, limit_usd: String(old.limit_usd) }}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
