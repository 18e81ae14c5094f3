// Moose as an assistant uses it.
import {
  escalationPage,
  resolutionSchema,
  workOrderDetailSchema,
  workOrderPage,
  workOrderSchema,
} from '../../contract/contract.ts';
import type { Moose } from '../../engine/moose.ts';
import { askingOf, segment } from './asking.ts';
import type { ServerClient } from './client.ts';
import { remoteMoose } from './remote-moose.ts';

type WorkOrders = Pick<Moose['workOrders'], 'one' | 'page' | 'detail'>;
type Escalations = Pick<Moose['escalations'], 'page' | 'answerOnce'>;

export function remoteAssistant(client: ServerClient) {
  const { get, change } = askingOf(client);
  const { submit, send, retry, pause, resume, cancel, projects } = remoteMoose(client);
  const workOrders: WorkOrders = {
    one: (given) => get(`/api/work-orders/${segment(given)}`, workOrderSchema),
    detail: (given) => get(`/api/work-orders/${segment(given)}`, workOrderDetailSchema),
    page: ({ sort, limit, cursor, statuses, needsYou, text }) => {
      const filter = { status: statuses?.join(','), needs_you: needsYou?.toString(), q: text };
      return get('/api/work-orders', workOrderPage, {
        query: { sort, limit: String(limit), cursor, ...filter },
      });
    },
  };
  const escalations: Escalations = {
    page: ({ limit, cursor }) =>
      get('/api/escalations', escalationPage, { query: { status: 'open', limit: String(limit), cursor } }),
    answerOnce: (given, option, { note, always }) =>
      change('POST', `/api/escalations/${segment(given)}/answer`, resolutionSchema, {
        body: { option, note, always },
      }),
  };
  return { submit, send, retry, pause, resume, cancel, projects, workOrders, escalations };
}
