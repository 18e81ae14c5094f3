// A schedule of the invented week, with a history.
import type { Dice } from './random.ts';
import { addRow, type Rows } from './rows.ts';
import type { Story } from './story.ts';
import { iso } from './story-log.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export function addSchedules(dice: Dice, rows: Rows, story: Story | undefined, nowMs: number): void {
  const order = rows.get('work_orders')?.find(({ id }) => id === story?.id);
  if (!order) throw new TypeError('The week has no work order');
  const id = dice.uuid();
  addRow(rows, 'schedules', {
    id,
    name: 'nightly',
    project_id: order.project_id,
    cron: '30 1 * * 1-5',
    time_zone: 'Europe/Berlin',
    template: { title: 'Update the dependencies', description: 'One at a time.', acceptance: '' },
    limit_nano_usd: '2000000000',
    when_open: 'skip',
    catch_up_ms: dayMs,
    created_by: 'human:ada',
    requested_by: 'human:ada',
    created_at: iso(nowMs - 7 * dayMs),
    next_due_at: iso(nowMs + 9 * hourMs),
    streak_from: iso(nowMs - 7 * dayMs),
  });
  const run = (daysAgo: number, outcome: string, more: object) =>
    addRow(rows, 'schedule_runs', {
      schedule_id: id,
      due_at: iso(nowMs - daysAgo * dayMs),
      outcome,
      instants: 1,
      work_order_id: null,
      because: null,
      first_due_at: null,
      decided_at: iso(nowMs),
      ...more,
    });
  run(1, 'submitted', { work_order_id: order.id });
  run(2, 'skipped', { because: 'The previous work order was still open.' });
  addRow(rows, 'schedule_changes', {
    schedule_id: id,
    changed_at: iso(nowMs - 2.5 * dayMs),
    changed_by: 'human:ada',
    fields: [
      { field: 'cron', from: '0 1 * * *', to: '30 1 * * 1-5' },
      { field: 'limit_usd', from: 1, to: 2 },
      { field: 'checks', from: ['test=npm test'], to: [] },
    ],
  });
  const first = { first_due_at: iso(nowMs - 4 * dayMs), instants: 2 };
  run(3, 'missed', { because: 'Moose was not running.', ...first });
}
