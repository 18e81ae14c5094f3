// How long a decision about an arm takes, with thirty arms and a million outcomes in the database.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { newId, type RunId, type WorkOrderId } from '../src/domain/ids.ts';
import { applyEvent, createLearnerRecord } from '../src/domain/learning/learner-record.ts';
import { nameOf } from '../src/engine/learner/arm-question.ts';
import { chooseArm } from '../src/engine/learner/choose-arm.ts';
import { offeredArm } from '../src/engine/learner/known-arms.fixture.ts';
import { startEmbedded } from '../src/postgres/start-embedded.ts';
import { seededRandom } from '../src/stdx/random.ts';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { lockLearner, saveLearner } from '../src/store/work/learners.ts';
import { projectOf } from '../src/store/work/projects.ts';

const arms = Array.from({ length: 30 }, (_, index) => offeredArm(`p/model-${index}`, 0.02 * (index + 1)));
const kinds = ['bug_fix', 'feature', 'tests', 'docs'];
/** What these work orders have left in the state; the rows behind it only fill the tables. */
const learnedFrom = 3_000;

export interface DecisionTimes {
  outcomes: number;
  stateBytes: number;
  elapsedMs: number[];
  /** Computing time of this process, since other programs may have the processor meanwhile. */
  computedMs: number[];
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
      ...{ outcomes, stateBytes: JSON.stringify(state).length, elapsedMs: [], computedMs: [] },
    };
    for (let index = 0; index < decisions; index += 1) {
      signal.throwIfAborted();
      const question = {
        ...{ workOrderId: newId<WorkOrderId>(new Date()), projectId, runId: newId<RunId>(new Date()) },
        ...{
          mode: 'on' as const,
          offer: arms as [(typeof arms)[0] & object],
          isFixed: false,
          isRisky: false,
        },
        ...{ mayDecline: true, kind: kinds[index % kinds.length] ?? '', features: {}, valueUsd: 10 },
      };
      const [before, from] = [process.cpuUsage(), performance.now()];
      await chooseArm(query, question);
      const { user, system } = process.cpuUsage(before);
      times.elapsedMs.push(performance.now() - from);
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
      ...{
        event: random() < 0.2 + at / 50 ? 'success' : 'failure',
        arm: nameOf(arms[at] ?? offeredArm('p/x')),
      },
      ...{ kind: kinds[index % kinds.length] ?? '', task: undefined, isExplored: false },
      costUsd: 0.02 * (at + 1) * (0.5 + random()),
    });
  }
  return record;
}
