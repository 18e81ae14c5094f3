// Questions, standing answers and alerts of a server.
import {
  answerPoliciesSchema,
  type EscalationCard,
  escalationPage,
  pageSizeMax,
  resolutionSchema,
} from '../../contract/contract.ts';
import type { CliMoose } from '../cli-moose.ts';
import { type Asking, anything, segment } from './asking.ts';
import { bytesOfList } from './read-bounded.ts';

/** More pages than a person reads; it stops a server that never ends its list. */
const pagesMax = 500;

export function remoteEscalations({ call, get, change }: Asking): CliMoose['escalations'] {
  const path = (id: string) => `/api/escalations/${segment(id)}`;
  const alerts: CliMoose['escalations']['alerts'] = (options = {}) => call('alerts', options);
  return {
    one: (id) => get(path(id), resolutionSchema),
    list: async ({ all = false, owner } = {}) => {
      const found: EscalationCard[] = [];
      const left = bytesOfList();
      let cursor: string | undefined;
      for (let pages = 0; pages < pagesMax; pages++) {
        const query = { status: all ? 'all' : 'open', limit: String(pageSizeMax), cursor, owner };
        const { items, next_cursor } = await get('/api/escalations', escalationPage, { query, left });
        found.push(...items);
        if (next_cursor === null) break;
        cursor = next_cursor;
      }
      return found;
    },
    measures: () => call('escalation-measures', {}),
    answer: (id, option, { note, always } = {}) =>
      change('POST', `${path(id)}/answer`, resolutionSchema, { body: { option, note, always } }),
    handOn: (id, owner) => change('PUT', `${path(id)}/owner`, resolutionSchema, { body: { owner } }),
    policies: async ({ all = false } = {}) =>
      (await get('/api/answer-policies', answerPoliciesSchema, { query: { all: String(all) } })).items,
    revokePolicy: async (id) =>
      void (await change('DELETE', `/api/answer-policies/${segment(id)}`, anything)),
    alerts,
    resolveAlert: async (id) => {
      const resolved = await call('alert-resolve', { id }, { asPerson: true });
      return resolved;
    },
  };
}
