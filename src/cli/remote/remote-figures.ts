// Health, money and circuits of a server.
import {
  adminHealthSchema,
  budgetCheckSchema,
  budgetSchema,
  calibrationSchema,
  circuitResetSchema,
  circuitSchema,
  circuitsSchema,
  cleanupSchema,
  exclusionSchema,
  experimentSchema,
  experimentsSchema,
  learnedPolicySchema,
  learningSchema,
  limitsSchema,
  machinesSchema,
  ownLogSchema,
  patternsSchema,
  postmortemSchema,
  priceCheckSchema,
  pricesSchema,
  stuckSchema,
  summarySchema,
  targetsSchema,
  trendsSchema,
} from '../../contract/contract.ts';
import type { MooseFigures } from '../cli-moose.ts';
import { type Asking, segment } from './asking.ts';
import { cleanUpThere } from './clean-up-there.ts';

export function remoteFigures(asking: Asking): MooseFigures {
  const { get, change } = asking;
  return {
    health: () => get('/api/admin/health', adminHealthSchema),
    stuck: async () => (await get('/api/stuck', stuckSchema)).items,
    machines: () => get('/api/machines', machinesSchema),
    cleanup: ({ isPlan }, signal) =>
      isPlan ? get('/api/cleanup', cleanupSchema, { signal }) : cleanUpThere(asking, signal),
    trends: (range, signal) => get('/api/trends', trendsSchema, { query: { range }, signal }),
    targets: (signal) => get('/api/targets', targetsSchema, { signal }),
    learning: (range, signal) => get('/api/learning', learningSchema, { query: { range }, signal }),
    patterns: (signal) => get('/api/learning/patterns', patternsSchema, { signal }),
    excludeWork: (wish) => change('POST', '/api/learning/exclusions', exclusionSchema, { body: wish }),
    allowWork: (id) => change('DELETE', `/api/learning/exclusions/${segment(id)}`, exclusionSchema),
    experiments: (signal) => get('/api/learning/experiments', experimentsSchema, { signal }),
    startExperiment: (wish) => change('POST', '/api/learning/experiments', experimentSchema, { body: wish }),
    stopExperiment: (id) => change('DELETE', `/api/learning/experiments/${segment(id)}`, experimentSchema),
    learnedPolicy: (signal) => get('/api/learning/policy', learnedPolicySchema, { signal }),
    calibration: (signal) => get('/api/learning/calibration', calibrationSchema, { signal }),
    ownLog: (after, signal) =>
      get('/api/learning/log', ownLogSchema, { query: after === null ? {} : { after }, signal }),
    postmortem: (id) => get(`/api/work-orders/${segment(id)}/postmortem`, postmortemSchema),
    limits: async (wanted) => {
      const path = '/api/limits';
      const answer =
        wanted === undefined
          ? await get(path, limitsSchema)
          : await change('PUT', path, limitsSchema, { body: wanted });
      return answer.limits;
    },
    budget: () => get('/api/budget', budgetSchema),
    checkBudget: () => get('/api/budget/check', budgetCheckSchema),
    prices: async ({ name, all }) =>
      (await get('/api/prices', pricesSchema, { query: { name, all: String(all) } })).items,
    checkPrices: (signal) => get('/api/prices/check', priceCheckSchema, { signal }),
    circuits: async () => (await get('/api/circuits', circuitsSchema)).items,
    circuit: (key) => get(`/api/circuits/${segment(key)}`, circuitSchema),
    resetCircuit: (key) => change('POST', `/api/circuits/${segment(key)}/reset`, circuitResetSchema),
    openCircuit: (key) => change('POST', `/api/circuits/${segment(key)}/open`, circuitSchema),
    summary: (day) => get('/api/summary', summarySchema, { query: { day } }),
  };
}
