// The queries and changes of the pages of schedules.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  AddedSchedule,
  ChangedSchedule,
  newScheduleSchema,
  scheduleChangeSchema,
} from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

export type NewSchedule = z.input<typeof newScheduleSchema>;
export type ScheduleChange = z.input<typeof scheduleChangeSchema>;

export function useSchedules() {
  return useQuery({
    queryKey: ['schedules', 'list'],
    queryFn: ({ signal }) => ask('get /api/schedules', { signal }),
  });
}

export function useSchedule(name: string) {
  return useQuery({
    queryKey: ['schedules', 'one', name],
    queryFn: ({ signal }) => ask('get /api/schedules/{name}', { params: { name }, signal }),
  });
}

function useChange<Asked, Changed>(
  mutationFn: (asked: Asked) => Promise<Changed>,
  onDone: (changed: Changed) => unknown,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: onDone,
    onSettled: () =>
      Promise.all(
        [['schedules'], ['alerts'], ['audit']].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}

export function useAddSchedule(onDone: (added: AddedSchedule) => void) {
  return useChange((body: NewSchedule) => ask('post /api/schedules', { body }), onDone);
}

/** What `onDone` returns is awaited before anything is read again: the page may have moved to another name. */
export function useChangeSchedule(name: string, onDone: (changed: ChangedSchedule) => Promise<void>) {
  const client = useQueryClient();
  return useChange(
    (body: ScheduleChange) => ask('patch /api/schedules/{name}', { params: { name }, body }),
    (changed) => {
      client.setQueryData(['schedules', 'one', changed.schedule.name], changed.schedule);
      return onDone(changed);
    },
  );
}

export type ScheduleAct = 'pause' | 'resume' | 'run';

export function useScheduleAct(name: string, onDone: () => void) {
  return useChange(
    ({ act, key }: { act: ScheduleAct; key: string }) =>
      ask(`post /api/schedules/{name}/${act}`, { params: { name }, key }),
    onDone,
  );
}

export function useRemoveSchedule(name: string, onDone: () => void) {
  return useChange((_: undefined) => ask('delete /api/schedules/{name}', { params: { name } }), onDone);
}
