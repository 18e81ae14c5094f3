// Changes a schedule. Only what differs is sent, so what others change meanwhile stays.
import { useState } from 'react';
import type { ChangedSchedule, ScheduleDetail } from '../../../../src/contract/contract.ts';
import { type Draft, ScheduleForm } from './schedule-form.tsx';
import { type ScheduleChange, useChangeSchedule } from './use-schedules.ts';

const draftOf = (schedule: ScheduleDetail): Draft => ({
  name: schedule.name,
  project: schedule.project,
  title: schedule.title,
  description: schedule.description,
  cron: schedule.cron,
  zone: schedule.time_zone,
  limit: String(schedule.limit_usd),
  whenOpen: schedule.when_open,
});

function changeOf(old: Draft, draft: Draft): ScheduleChange {
  const wanted = (key: keyof Draft) => draft[key] !== old[key];
  return {
    ...(wanted('name') ? { name: draft.name } : {}),
    ...(wanted('project') ? { project: draft.project } : {}),
    ...(wanted('title') ? { title: draft.title } : {}),
    ...(wanted('description') ? { description: draft.description } : {}),
    ...(wanted('cron') ? { cron: draft.cron } : {}),
    ...(wanted('zone') ? { time_zone: draft.zone } : {}),
    ...(wanted('limit') ? { limit_usd: Number(draft.limit) } : {}),
    ...(wanted('whenOpen') ? { when_open: draft.whenOpen } : {}),
  };
}

interface ChangeProps {
  schedule: ScheduleDetail;
  onClose(): void;
  onChanged(changed: ChangedSchedule): Promise<void>;
}

export function ChangeSchedule({ schedule, onClose, onChanged }: ChangeProps) {
  const change = useChangeSchedule(schedule.name, onChanged);
  // As it was when the form was opened.
  const [start] = useState(() => draftOf(schedule));
  const submit = (draft: Draft) => {
    const wanted = changeOf(start, draft);
    if (Object.keys(wanted).length === 0) onClose();
    else change.mutate(wanted);
  };
  return (
    <ScheduleForm
      title={`Change ${schedule.name}`}
      verb="Save changes"
      start={start}
      isBusy={change.isPending}
      error={change.error}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
