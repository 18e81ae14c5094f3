// Questions, standing answers and alerts of a server.
import {
  alertSchema,
  alertsSchema,
  answerPoliciesSchema,
  escalationMeasuresSchema,
  escalationPage,
  resolutionSchema,
} from '../../contract/contract.ts';
import type { CliMoose } from '../cli-moose.ts';
import { type Asking, anything, segment } from './asking.ts';
import { listOver } from './list-over.ts';

export function remoteEscalations({ get, change }: Asking): CliMoose['escalations'] {
  const path = (id: string) => `/api/escalations/${segment(id)}`;
  return {
    one: (id) => get(path(id), resolutionSchema),
    list: ({ all = false, owner } = {}) =>
      listOver({ get }, '/api/escalations', escalationPage, {
        query: { status: all ? 'all' : 'open', owner },
      }),
    measures: () => get('/api/escalation-measures', escalationMeasuresSchema),
    answer: (id, option, { note, always } = {}) =>
      change('POST', `${path(id)}/answer`, resolutionSchema, { body: { option, note, always } }),
    handOn: (id, owner) => change('PUT', `${path(id)}/owner`, resolutionSchema, { body: { owner } }),
    policies: async ({ all = false } = {}) =>
      (await get('/api/answer-policies', answerPoliciesSchema, { query: { all: String(all) } })).items,
    revokePolicy: async (id) =>
      void (await change('DELETE', `/api/answer-policies/${segment(id)}`, anything)),
    alerts: async ({ all = false } = {}) =>
      (await get('/api/alerts', alertsSchema, { query: { all: String(all) } })).items,
    resolveAlert: (id) => change('POST', `/api/alerts/${segment(id)}/resolve`, alertSchema),
  };
}
