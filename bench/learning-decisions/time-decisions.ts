// How long a decision about an arm takes, with thirty arms and a million outcomes in the database.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { newId, type RunId, type WorkOrderId } from '../../src/domain/ids.ts';
import { applyEvent, createLearnerRecord } from '../../src/domain/learning/learner-record.ts';
import { nameOf } from '../../src/engine/learner/arm-question.ts';
import { chooseArm } from '../../src/engine/learner/choose-arm.ts';
import { offeredArm } from '../../src/engine/learner/known-arms.fixture.ts';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { lockLearner, saveLearner } from '../../src/store/work/learning/learners.ts';
import { projectOf } from '../../src/store/work/projects/projects.ts';

const arms = Array.from({ length: 30 }, (_, index) => offeredArm(`p/model-${index}`, 0.02 * (index + 1)));
const kinds = ['bug_fix', 'feature', 'tests', 'docs'];
/** The work orders that the learned state includes; all other rows only fill the tables. */
const learnedFrom = 3_000;
/** Decisions before the measurement, in which the code is compiled. */
const warmUp = 100;

export interface DecisionTimes {
  outcomes: number;
  stateBytes: number;
  elapsedMs: number[];
  /** Processor time of the thread, because other programs may use the processor meanwhile. */
  computedMs: number[];
  /** Asking the database for nothing, once before each decision: what this machine takes for a question at that moment. */
  roundTripMs: number[];
}

export async function timeDecisions(given: {
  outcomes: number;
  decisions: number;
  signal: AbortSignal;
}): Promise<DecisionTimes> {
  const { outcomes, decisions, signal } = given;
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-learning-')));
  const server = await startEmbedded({ directory, settings: { fsync: 'off', max_wal_size: '4GB' }, signal });
  const database = openDatabase(server.url);
  try {
    await migrate(server.url);
    const { query } = database;
    const { id: projectId } = await projectOf(query, '/srv/api', new Date());
    const state = learned();
    await database.transaction(async (transaction) => {
      await lockLearner(transaction, projectId);
      await saveLearner(transaction, { projectId, state, events: BigInt(outcomes) });
    });
    await sql`insert into work_orders (id, project_id, title, time_limit_ms, changed_by, changed_because)
      select gen_random_uuid(), ${projectId}, 'Fix it', 300000, 'human:bench', 'submitted' from generate_series(1, 1000)`.execute(
      query,
    );
    await sql`insert into learner_events (project_id, ordinal, event, arm, work_order_id, try, kind, cost_nano_usd)
      select ${projectId}, n, case n % 2 when 0 then 'success' else 'failure' end, 'patch:p/model-' || n % 30 || '#1',
        (array(select id from work_orders))[1 + n % 1000], n / 1000 + 1, 'bug_fix', 1000000
      from generate_series(1, ${outcomes}::int) n`.execute(query);
    await sql`analyze`.execute(query);
    const times: DecisionTimes = {
      outcomes,
      stateBytes: JSON.stringify(state).length,
      elapsedMs: [],
      computedMs: [],
      roundTripMs: [],
    };
    for (let index = -warmUp; index < decisions; index += 1) {
      signal.throwIfAborted();
      const question = {
        workOrderId: newId<WorkOrderId>(new Date()),
        projectId,
        runId: newId<RunId>(new Date()),
        mode: 'on' as const,
        offer: arms as [(typeof arms)[0] & object],
        isFixed: false,
        isRisky: false,
        mayDecline: true,
        kind: kinds[Math.abs(index) % kinds.length] ?? '',
        features: {},
        valueUsd: 10,
      };
      const asked = performance.now();
      await sql`select 1`.execute(query);
      const roundTrip = performance.now() - asked;
      const [before, from] = [process.threadCpuUsage(), performance.now()];
      await chooseArm(query, question);
      const { user, system } = process.threadCpuUsage(before);
      if (index < 0) continue;
      times.elapsedMs.push(performance.now() - from);
      times.roundTripMs.push(roundTrip);
      times.computedMs.push((user + system) / 1_000);
    }
    return times;
  } finally {
    await database.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function learned() {
  const record = createLearnerRecord();
  const random = seededRandom(1);
  for (const arm of arms)
    applyEvent(record, { event: 'arm', arm: nameOf(arm), costHint: arm.costHintUsd, priceVersion: 'v1' });
  for (let index = 0; index < learnedFrom; index += 1) {
    const at = Math.floor(random() * arms.length);
    applyEvent(record, {
      event: random() < 0.2 + at / 50 ? 'success' : 'failure',
      arm: nameOf(arms[at] ?? offeredArm('p/x')),
      kind: kinds[index % kinds.length] ?? '',
      task: undefined,
      isExplored: false,
      costUsd: 0.02 * (at + 1) * (0.5 + random()),
    });
  }
  return record;
}
