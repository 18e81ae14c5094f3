// The pages of Mission Control.
import type { ServedWeek } from '../week/serve-week.ts';

export interface PageToSee {
  name: string;
  path: string;
  /** The heading that shows that the page is there. */
  heading: RegExp;
}

export function pagesOf({
  examples,
  escalations,
  project,
  spec,
}: Pick<ServedWeek, 'examples' | 'escalations' | 'project' | 'spec'>): PageToSee[] {
  const order = (id: string | undefined, tab = '') =>
    `/work-orders/${id ?? ''}${tab === '' ? '' : `?tab=${tab}`}`;
  const any = /./;
  return [
    { name: 'board', path: '/work-orders', heading: /work orders/i },
    { name: 'table', path: '/work-orders?view=table', heading: /work orders/i },
    { name: 'new-work-order', path: '/work-orders?new=true', heading: any },
    { name: 'work-order-completed', path: order(examples.refined), heading: any },
    { name: 'work-order-needs-review', path: order(examples.needs_review), heading: any },
    { name: 'work-order-at-work', path: order(examples.in_progress, 'activity'), heading: any },
    { name: 'work-order-review', path: order(examples.refined, 'review'), heading: any },
    { name: 'work-order-cost', path: order(examples.refined, 'cost'), heading: any },
    { name: 'work-order-checks', path: order(examples.refined, 'checks'), heading: any },
    { name: 'work-order-decisions', path: order(examples.refined, 'decisions'), heading: any },
    { name: 'work-order-errors', path: order(examples.needs_review, 'errors'), heading: any },
    { name: 'work-order-effects', path: order(examples.refined, 'effects'), heading: any },
    { name: 'work-order-events', path: order(examples.refined, 'events'), heading: any },
    { name: 'escalations', path: '/escalations', heading: /escalations/i },
    { name: 'escalation', path: `/escalations?id=${escalations[0] ?? ''}`, heading: /escalations/i },
    { name: 'upload-spec', path: '/specs', heading: /spec/i },
    { name: 'spec', path: `/specs/${spec ?? ''}`, heading: /address book/i },
    { name: 'monitoring', path: '/monitoring', heading: /monitoring/i },
    { name: 'monitoring-week', path: '/monitoring?range=7d', heading: /monitoring/i },
    { name: 'learning', path: '/learning?range=7d', heading: /learning/i },
    { name: 'projects', path: '/projects', heading: /projects/i },
    { name: 'project', path: `/projects/${project}`, heading: any },
    { name: 'schedules', path: '/schedules', heading: /schedules/i },
    { name: 'schedule', path: '/schedules/nightly', heading: /nightly/i },
    { name: 'cleanup', path: '/cleanup', heading: /clean-up/i },
    ...['limits', 'policies', 'models', 'agents', 'breakers', 'pressure', 'targets', 'people'].map(
      (group) => ({
        name: `settings-${group}`,
        path: `/settings?group=${group}`,
        heading: /settings/i,
      }),
    ),
  ];
}
