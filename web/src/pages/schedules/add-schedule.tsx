import { type Draft, ScheduleForm } from './schedule-form.tsx';
import { useAddSchedule } from './use-schedules.ts';

const emptyDraft = (): Draft => ({
  name: '',
  project: '',
  title: '',
  description: '',
  command: '',
  cron: '30 1 * * 1-5',
  limit_usd: '2',
  time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  when_open: 'skip',
});

export function AddSchedule({ onClose, onAdded }: { onClose(): void; onAdded(name: string): void }) {
  const add = useAddSchedule(({ schedule }) => onAdded(schedule.name));
  return (
    <ScheduleForm
      title="Add schedule"
      verb="Add schedule"
      start={emptyDraft()}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={({ command, ...fields }) => add.mutate({ ...fields, ...(command === '' ? {} : { command }) })}
      onClose={onClose}
    />
  );
}
