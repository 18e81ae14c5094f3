// Projects, specs and settings of a server.

import { randomUUID } from 'node:crypto';
import {
  addedProjectSchema,
  agentsSchema,
  auditPage,
  estimateSchema,
  planChangesSchema,
  planningSchema,
  planningStateSchema,
  planVersionsSchema,
  projectSchema,
  projectsSchema,
  projectValuesSchema,
  projectVariableSchema,
  projectVariablesSchema,
  removedProjectSchema,
  rotatedKeySchema,
  secretsKeySchema,
  settingHistoryPage,
  settingSchema,
  settingsSchema,
  specContractsSchema,
  specDecisionsSchema,
  specDetailSchema,
  specPage,
  specPlanSchema,
  specRunStateSchema,
  specSchema,
} from '../../contract/contract.ts';
import { recoveryTableSchema } from '../../engine/policy/recovery-rows.ts';
import { recoveryKey } from '../../engine/policy/settings/policies.ts';
import type { CliMoose } from '../cli-moose.ts';
import { type Asking, anything, segment } from './asking.ts';

export function remoteProjects({ get, change }: Asking): CliMoose['projects'] {
  const path = (name: string) => `/api/projects/${segment(name)}`;
  const variables = (name: string) => `${path(name)}/variables`;
  const key = '/api/project-variables/key';
  return {
    list: async () => (await get('/api/projects', projectsSchema)).items,
    one: (name) => get(path(name), projectSchema),
    values: async (name) => get(`${path(name)}/values`, projectValuesSchema),
    change: async (name, wanted) => change('PATCH', path(name), projectSchema, { body: wanted }),
    add: (wish) => change('POST', '/api/projects', addedProjectSchema, { body: wish }),
    remove: async (name) => change('DELETE', path(name), removedProjectSchema),
    variables: {
      // Only a person sees the values of variables that are not secret.
      list: async (project) =>
        (await get(variables(project), projectVariablesSchema, { asPerson: true })).items,
      set: async (project, { name, ...given }) =>
        change('PUT', `${variables(project)}/${segment(name)}`, projectVariableSchema, { body: given }),
      remove: async (project, name) =>
        void (await change('DELETE', `${variables(project)}/${segment(name)}`, anything)),
      key: () => get(key, secretsKeySchema),
      rotate: () => change('POST', key, rotatedKeySchema),
    },
  };
}

export function remoteSpecs({ get, change }: Asking): CliMoose['specs'] {
  const at = (id: string) => `/api/specs/${segment(id)}`;
  return {
    page: ({ limit, cursor }) => get('/api/specs', specPage, { query: { limit: String(limit), cursor } }),
    one: (id) => get(at(id), specDetailSchema),
    estimate: (content) =>
      change('POST', '/api/specs/estimate', estimateSchema, { body: { name: 'spec', content } }),
    upload: (spec) => change('POST', '/api/specs', specSchema, { body: spec, key: randomUUID() }),
    plan: (id, wanted = {}) =>
      change('POST', `${at(id)}/plan`, planningSchema, { body: wanted, key: randomUUID() }),
    planning: async (id) => (await get(`${at(id)}/planning`, planningStateSchema)).planning,
    cancelPlanning: async (id) =>
      (await change('DELETE', `${at(id)}/planning`, planningStateSchema, {})).planning,
    planOf: (id, version) => get(`${at(id)}/plan`, specPlanSchema, inQuery(version)),
    planChanges: (id, version) => get(`${at(id)}/plan/changes`, planChangesSchema, inQuery(version)),
    decisions: (id) => get(`${at(id)}/decisions`, specDecisionsSchema),
    planVersions: async (id) => (await get(`${at(id)}/plans`, planVersionsSchema)).items,
    contracts: (id) => get(`${at(id)}/contracts`, specContractsSchema),
    editPlan: (id, edit) => change('PUT', `${at(id)}/plan`, specPlanSchema, { body: edit }),
    runOf: async (id) => (await get(`${at(id)}/run`, specRunStateSchema)).run,
    approve: async (id, body = {}) => void (await change('POST', `${at(id)}/approve`, anything, { body })),
    run: async (id, body = {}) => void (await change('POST', `${at(id)}/run`, anything, { body })),
    pause: async (id) => void (await change('POST', `${at(id)}/pause`, anything, {})),
    resume: async (id) => void (await change('POST', `${at(id)}/resume`, anything, {})),
    cancel: async (id) => void (await change('POST', `${at(id)}/cancel`, anything, {})),
    retry: async (id) => void (await change('POST', `${at(id)}/retry`, anything, {})),
  };
}

const inQuery = (version: number | undefined) =>
  version === undefined ? {} : { query: { version: String(version) } };

export function remoteSettings({ get, change }: Asking): CliMoose['settings'] {
  const path = (key: string) => `/api/settings/${segment(key)}`;
  return {
    list: async () => (await get('/api/settings', settingsSchema)).items,
    one: (key) => get(path(key), settingSchema),
    change: (key, { value, expectedVersion }) =>
      change('PUT', path(key), settingSchema, { body: { value, expected_version: expectedVersion } }),
    unset: async (key) => void (await change('PUT', path(key), anything, { body: { value: null } })),
    history: (key, { limit, cursor }) =>
      get(`${path(key)}/history`, settingHistoryPage, { query: { limit: String(limit), cursor } }),
    audit: ({ limit, cursor }) => get('/api/audit', auditPage, { query: { limit: String(limit), cursor } }),
    agents: async () => (await get('/api/agents', agentsSchema)).items,
    recovery: () => get(path(recoveryKey), settingSchema.extend({ value: recoveryTableSchema })),
  };
}
