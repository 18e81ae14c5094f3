// For tests: a run that this process carries out, on a real database, with a forge that keeps its pull requests in
// memory.
import { pino } from 'pino';
import { PermanentError } from '../domain/failure.ts';
import type { RunId } from '../domain/ids.ts';
import type { Step } from '../domain/transitions.ts';
import { systemClock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import { projectById } from '../store/work/projects/projects.ts';
import { claimRun } from '../store/work/runs/runs.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../store/work/scratch-rows.fixture.ts';
import { defaultSettings, type EngineSettings } from './policy/engine-settings.ts';
import { createKeyRing } from './policy/secrets/key-ring.ts';
import { createProjectSecrets } from './policy/secrets/project-secrets.ts';
import type { Forge, PullRequest } from './ports/forge.ts';
import type { Circuits } from './recovery/circuits.ts';
import { ErrorRecoveryManager } from './recovery/error-recovery-manager.ts';
import type { Pressure } from './recovery/pressure/pressure-gauge.ts';
import { RunKeys } from './run/gateway-access.ts';
import { projectHere } from './run/project-here.ts';
import type { Work } from './run/work.ts';

/** Small limits, so that a test reaches them. */
export const scratchEngineSettings: EngineSettings = {
  ...defaultSettings,
  host: 'here',
  viewers: 'none',
  agentEnvelopeNanoUsdMin: 1n,
  machineSlotsMax: 1,
  projectSlotsMax: 1,
  providerSlotsMax: 1,
  modelTimeoutMs: 1_000,
  modelAttemptsMax: 1,
  outputTokensMax: 1_000,
  contextCharsMax: 1_000,
  checkTimeLimitMs: 1_000,
  silenceMsMax: 1_000,
  startMsMax: 60_000,
  exitMsMax: 60_000,
  idleMsMax: 1_000,
  isolation: 'off',
  outputBytesMax: 1_000_000,
  stopGraceMs: 100,
  undonePerMinuteMax: 100,
  finishedKeptMs: 1_000,
  withoutProgress: { agentRunsMax: 100, modelCallsMax: 100, costNanoUsdMax: 10n ** 12n },
  escalation: { ...defaultSettings.escalation, remindAfterMs: 1_000 },
};

const neverPressed: Pick<Pressure, 'current' | 'allows' | 'untilEased'> = {
  current: () => ({ level: 'normal', because: '', slotsShare: 1 }),
  allows: () => true,
  untilEased: async () => undefined,
};

/** Nothing that these tests call goes through a circuit. */
const closedCircuits: Circuits = {
  ready: Promise.resolve(),
  through: (_keys, _signal, call) => call(),
  retryAfterMs: () => 0,
  trip: () => undefined,
  states: () => [],
  close: async () => undefined,
};

export async function scratchWork(
  database: Database,
  given: {
    step?: Step;
    limitNanoUsd?: bigint;
    repositoryPath?: string;
    dataDirectory?: string;
    signal?: AbortSignal;
    reached?: (point: string) => void;
  } = {},
): Promise<Work & { forge: MemoryForge }> {
  const { step, limitNanoUsd, repositoryPath } = given;
  const forge = memoryForge();
  const { workOrderId, runId, projectId } = await aWorkOrderAtWork(database, {
    ...(step === undefined ? {} : { step }),
    ...(limitNanoUsd === undefined ? {} : { limitNanoUsd }),
    ...(repositoryPath === undefined ? {} : { repositoryPath }),
  });
  return {
    database,
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    random: Math.random,
    settings: {
      ...scratchEngineSettings,
      dataDirectory: given.dataDirectory ?? scratchEngineSettings.dataDirectory,
    },
    machine: 'machine-of-test',
    labels: [],
    agents: new Map(),
    model: (name) => {
      throw new TypeError(`No model is called in this test: ${name}`);
    },
    forge,
    forges: { of: async () => forge },
    gateway: {
      address: () => {
        throw new TypeError('No model is called in this test');
      },
    },
    runKeys: new RunKeys(),
    secrets: createProjectSecrets(
      database,
      createKeyRing({ dataDirectory: given.dataDirectory ?? scratchEngineSettings.dataDirectory }),
    ),
    ownPorts: async () => [],
    circuits: closedCircuits,
    recovery: new ErrorRecoveryManager({
      policies: scratchEngineSettings.recovery,
      circuits: closedCircuits,
      errorLog: { record: () => ({ id: '', resolved: () => undefined }) },
      now: Date.now,
      random: Math.random,
    }),
    pressure: neverPressed,
    reached: given.reached ?? (() => undefined),
    mayDiffer: () => undefined,
    order: await theWorkOrder(database, workOrderId),
    project: projectHere(
      await projectById(database.query, projectId),
      given.dataDirectory ?? scratchEngineSettings.dataDirectory,
    ),
    run: await claim(database, runId, 'this'),
    slots: { withSlot: (_scope, _limit, _signal, work) => work() },
    signal: given.signal ?? new AbortController().signal,
    actor: 'moose:this',
  };
}

/** The process that carried out the run before can no longer write anything. */
export async function claim(database: Database, runId: RunId, executor: string): Promise<Work['run']> {
  const run = await claimRun(database.query, runId, executor);
  if (!run) throw new Error(`Run ${runId} is over`);
  return run;
}

export interface MemoryForge extends Forge {
  pullRequests: PullRequest[];
}

function memoryForge(): MemoryForge {
  const pullRequests: PullRequest[] = [];
  const one = (number: number): PullRequest => {
    const found = pullRequests.find((each) => each.number === number);
    if (found) return found;
    throw new PermanentError({
      code: 'PULL_REQUEST_NOT_FOUND',
      component: 'forge',
      operation: 'find',
      message: `There is no pull request ${number}.`,
    });
  };
  const refused = async (): Promise<never> => {
    throw new TypeError('The forge in memory does not do this');
  };
  return {
    kind: 'local',
    host: 'memory',
    repository: '',
    hasChecks: false,
    limits: { bodyChars: 100_000, titleChars: 1_000 },
    pullRequests,
    openPullRequest: async ({ title, body, headBranch, headSha, baseBranch, baseSha }) => {
      const open = pullRequests.find((each) => each.headBranch === headBranch && each.state === 'open');
      if (open) return { ...Object.assign(open, { title, body, headSha }), how: 'adopted' };
      const number = pullRequests.length + 1;
      const opened: PullRequest = {
        number,
        title,
        body,
        headBranch,
        headSha,
        baseBranch,
        baseSha,
        url: `memory:${number}`,
        state: 'open',
        mergedSha: null,
        mergeable: null,
        isDraft: false,
      };
      pullRequests.push(opened);
      return { ...opened, how: 'opened' };
    },
    findPullRequest: async (by) => {
      if ('number' in by) return pullRequests.find(({ number }) => number === by.number) ?? null;
      const all = pullRequests.filter(({ headBranch }) => headBranch === by.headBranch);
      return all.find(({ state }) => state === 'open') ?? all.at(-1) ?? null;
    },
    updatePullRequest: async (number, change) => Object.assign(one(number), change),
    cancelAutoMerge: async () => undefined,
    mergePullRequest: async (number) => Object.assign(one(number), { state: 'merged' }),
    closePullRequest: async (number) => Object.assign(one(number), { state: 'closed' }),
    gitCredentials: async () => null,
    commitIdentity: async () => null,
    findPerson: async () => null,
    inspect: async () => ({
      login: 'moose',
      defaultBranch: 'main',
      rights: [],
      problems: [],
      mergeMethods: ['merge'],
      hasAutoMerge: false,
      hasMergeQueue: false,
      hasDrafts: false,
      expiresAt: null,
    }),
    readChecks: refused,
    readLog: refused,
    rerun: refused,
    readRemarks: async () => [],
    say: refused,
    resolveThread: refused,
    mayWrite: refused,
    listIssues: refused,
    findIssue: refused,
    isIssueEdited: refused,
  };
}
