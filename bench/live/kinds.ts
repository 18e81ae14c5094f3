// The kinds of changes, and where each is shown.
import type { LiveEvent } from '../../src/contract/contract.ts';
import { newId } from '../../src/domain/ids.ts';
import type { LiveGround } from './ground.ts';
import type { WriterAct, Written } from './messages.ts';
import type { Sight } from './sightings.ts';

export interface Round {
  sight: Sight;
  /** What is written a moment before it. */
  before?: WriterAct;
  act: WriterAct;
  after?: WriterAct;
  fits(event: LiveEvent, written: Written): boolean;
}

export interface Kind {
  what: string;
  /** The page that shows the change; `shows` is what that page shows when it has loaded. */
  path(ground: LiveGround): string;
  shows: string;
  /** The paths that other watchers of the same load, by the first word of the query key. */
  paths(ground: LiveGround): Record<string, string>;
  round(ground: LiveGround, n: number): Round;
}

const measures = '/api/escalation-measures?days=1';

function error(isAmidWork: boolean): Kind {
  return {
    what: isAmidWork
      ? 'an error on the page of its work order, up to 400 ms after another change of it'
      : 'an error on the page of its work order',
    path: ({ orders }) => `/work-orders/${orders.failing}?tab=debug&part=errors`,
    shows: '[role=tabpanel][data-state=active]',
    paths: ({ orders }) => ({ 'work-order': `/api/work-orders/${orders.failing}`, escalations: measures }),
    round: ({ orders: { failing } }, n) => {
      const words = `Check ${n}${isAmidWork ? ' amid work' : ''} of this benchmark does not pass.`;
      return {
        sight: { selector: '[role=tabpanel][data-state=active] li', text: words, isThere: true },
        ...(isAmidWork ? { before: { act: 'step', workOrderId: failing } as const } : {}),
        act: { act: 'error', workOrderId: failing, words },
        fits: ({ subject }, written) => subject === written.subject,
      };
    },
  };
}

const onBoard = {
  path: () => '/work-orders',
  shows: '[data-lane=in_progress]',
  paths: () => ({ 'work-orders': '/api/board', escalations: measures }),
};

export const kinds = {
  error: error(false),
  error_amid_work: error(true),
  question: {
    ...onBoard,
    what: 'a new question, in the lane of the board for what needs somebody',
    round: ({ orders: { asking } }) => {
      const escalationId = newId<string>(new Date());
      return {
        sight: { selector: `[data-lane=needs_you] a[href*="${escalationId}"]`, isThere: true },
        act: { act: 'ask', workOrderId: asking, escalationId },
        after: { act: 'answer', workOrderId: asking },
        fits: ({ subject }, written) => subject === written.subject,
      };
    },
  },
  status: {
    ...onBoard,
    what: 'a card of the board that goes to another lane',
    round: ({ orders: { moving } }, n) => {
      const isLeaving = n % 2 === 0;
      return {
        sight: {
          selector: `[data-lane=in_progress] [data-work-order="${moving}"]`,
          isThere: !isLeaving,
        },
        act: { act: 'status', workOrderId: moving, from: isLeaving ? 'in_progress' : 'needs_review' },
        fits: ({ work_order_id: id }) => id === moving,
      };
    },
  },
} satisfies Record<string, Kind>;
