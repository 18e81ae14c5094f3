import { type Draft, ScheduleForm } from './schedule-form.tsx';
import { useAddSchedule } from './use-schedules.ts';

const emptyDraft = (): Draft => ({
  name: '',
  project: '',
  title: '',
  description: '',
  cron: '30 1 * * 1-5',
  limit: '2',
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  whenOpen: 'skip',
});

export function AddSchedule({ onClose, onAdded }: { onClose(): void; onAdded(name: string): void }) {
  const add = useAddSchedule(({ schedule }) => onAdded(schedule.name));
  const submit = ({ zone, whenOpen, limit, ...same }: Draft) =>
    add.mutate({ ...same, time_zone: zone, when_open: whenOpen, limit_usd: Number(limit) });
  return (
    <ScheduleForm
      title="Add schedule"
      verb="Add schedule"
      start={emptyDraft()}
      isBusy={add.isPending}
      error={add.error}
      onSubmit={submit}
      onClose={onClose}
    />
  );
}
