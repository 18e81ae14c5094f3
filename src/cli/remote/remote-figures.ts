// Health, money and circuits of a server.
import {
  adminHealthSchema,
  calibrationSchema,
  circuitResetSchema,
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
  stuckSchema,
  targetsSchema,
  trendsSchema,
} from '../../contract/contract.ts';
import type { MooseFigures } from '../cli-moose.ts';
import { type Asking, anything, segment } from './asking.ts';
import { limitsBody } from './bodies.ts';
import { cleanUpThere } from './clean-up-there.ts';

export function remoteFigures(asking: Asking): MooseFigures {
  const { call, get, change } = asking;
  type Answer<Name extends keyof MooseFigures> = Awaited<ReturnType<MooseFigures[Name]>>;
  const circuit = (key: string) => call('circuit', { key });
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
    limits: async (wanted = {}) => {
      if (Object.keys(wanted).length > 0)
        await change('PUT', '/api/limits', limitsSchema, { body: limitsBody(wanted) });
      return call('limits', {});
    },
    budget: async () => (await call('budget', {})) as Answer<'budget'>,
    checkBudget: () => call('budget-check', {}),
    prices: async (asked = {}) => (await call('prices', asked)) as Answer<'prices'>,
    recomputeCosts: async (signal) =>
      (await call('recomputed-costs', {}, { signal })) as Answer<'recomputeCosts'>,
    circuits: () => call('circuits', {}) as Promise<Answer<'circuits'>>,
    circuit: (key) => circuit(key) as Promise<Answer<'circuit'>>,
    resetCircuit: async (key) => {
      const path = `/api/circuits/${segment(key)}/reset`;
      const { woken_runs: wokenRuns } = await change('POST', path, circuitResetSchema);
      return { ...(await circuit(key)), wokenRuns } as Answer<'resetCircuit'>;
    },
    openCircuit: async (key) => {
      await change('POST', `/api/circuits/${segment(key)}/open`, anything);
      return (await circuit(key)) as Answer<'openCircuit'>;
    },
    summary: (day) => call('summary', { day }),
  };
}
