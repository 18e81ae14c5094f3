// Many work orders on a few repositories, with a scripted model, and checks of what became of them.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import type { Submission } from '../../src/engine/commands/submit/submission.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { runGit } from '../../src/git/run/run-git.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { cloneDatabase } from '../database.ts';
import { templateName } from '../database-server.ts';
import { endGateways } from './gateway-processes.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

/** The interval between two checks for open work orders. */
const lookEveryMs = 100;
/** A process that has killed itself is seen to be dead within this time. */
const deathMsMax = 1_000;

export interface Farm {
  root: string;
  dataDirectory: string;
  database: Database;
  provider: ScriptedProvider;
  repositories: string[];
  /** Submits this many more work orders, spread over the repositories; every third one needs a refinement. */
  submit(count: number, given?: Partial<Submission>): Promise<void>;
  start(env?: Record<string, string>): Promise<MooseProcess>;
  /** The number of work orders that have not ended. */
  open(): Promise<number>;
  /**
   * Resolves when no work order is open; rejects with a list of the open ones if that takes too long, or if Moose dies.
   */
  finished(moose: readonly MooseProcess[], timeoutMs: number): Promise<void>;
  /** Waits until this Moose is dead, or no work order is open, and returns whether it is dead. */
  diesFirst(moose: MooseProcess, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Answers `Write file N`: every third work order first gets a wrong answer, which its check refuses. */
export const script: Script = ({ title, attempt }) => {
  const number = Number(/(\d+)$/.exec(title ?? '')?.[1]);
  const isWrong = number % 3 === 0 && attempt === 1;
  const path = `files/${number}.txt`;
  const content = isWrong ? 'wrong\n' : `right ${number}\n`;
  return { plan: `Write ${path}`, risks: [], edits: [{ kind: 'write', path, content }] };
};

/** `serverUrl`: a database server other than the shared one. `answers`: what the model says instead. */
export async function createFarm(
  repositoryCount = 3,
  serverUrl?: string,
  answers: Script = script,
): Promise<Farm> {
  const root = await mkdtemp(join(tmpdir(), 'moose-farm-'));
  const dataDirectory = join(root, 'data');
  const cloned = await cloneDatabase(templateName, serverUrl);
  const database = openDatabase(cloned.url);
  const provider = await startScriptedProvider({ script: answers });
  const repositories = await Promise.all(
    Array.from({ length: repositoryCount }, (_, index) =>
      createRepository(join(root, `repository-${index}`)),
    ),
  );
  const processes = new Set<MooseProcess>();
  let submitted = 0;

  const open = () => countOpen(database);

  return {
    root,
    dataDirectory,
    database,
    provider,
    repositories,
    open,
    async submit(count, given = {}) {
      for (let n = 0; n < count; n++) {
        submitted += 1;
        const repositoryPath = repositories[submitted % repositories.length] ?? '';
        const submission: Submission = {
          title: `Write file ${submitted}`,
          repositoryPath,
          checks: [parseCheck(`test=grep -q right files/${submitted}.txt`)],
          ...given,
        };
        await submit({ database, clock: systemClock }, submission, 'human:test');
      }
    },
    async start(env = {}) {
      const moose = await startMoose({
        databaseUrl: cloned.url,
        dataDirectory,
        scriptedBaseUrl: provider.baseUrl,
        // A folder for the gates that a test opens for a check.
        env: { MOOSE_SANDBOX_PATHS: join(root, 'gates'), ...env },
      });
      processes.add(moose);
      return moose;
    },
    finished: (moose, timeoutMs) => waitUntilFinished(database, moose, timeoutMs),
    diesFirst: (moose, timeoutMs) => diesFirst(database, moose, timeoutMs),
    async close() {
      for (const one of processes) await one.kill();
      await endGateways(dataDirectory);
      await database.close();
      await provider.stop();
      await cloned.drop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function diesFirst(database: Database, moose: MooseProcess, timeoutMs: number): Promise<boolean> {
  const gone = moose.gone.then(() => true);
  const still = (ms: number) => sleep(ms).then(() => false);
  const deadlineMs = performance.now() + timeoutMs;
  while ((await countOpen(database)) > 0) {
    if (await Promise.race([gone, still(lookEveryMs)])) return true;
    if (performance.now() > deadlineMs) throw new Error(`Still open:\n${await openAccount(database)}`);
  }
  // The last work order may be over a moment before its process is dead.
  return Promise.race([gone, still(deathMsMax)]);
}

async function countOpen(database: Database): Promise<number> {
  const { rows } = await sql<{ open: number }>`select count(*)::int as open from work_orders
    where status in ('pending', 'in_progress')`.execute(database.query);
  return rows[0]?.open ?? 0;
}

/**
 * Resolves when no work order is open; rejects with a list of the open ones if that takes too long, or if Moose dies.
 */
export async function waitUntilFinished(
  database: Database,
  moose: readonly MooseProcess[],
  timeoutMs: number,
): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  let isDead = false;
  for (const one of moose) {
    void one.gone.then(() => {
      isDead = true;
    });
  }
  const said = () => moose.map((one) => one.stderr().slice(-4_000)).join('\n');
  while ((await countOpen(database)) > 0) {
    if (isDead) throw new Error(`Moose died:\n${said()}`);
    if (performance.now() > deadlineMs) {
      throw new Error(`Still open after ${timeoutMs} ms:\n${await openAccount(database)}\n${said()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

export async function createRepository(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'README.md'), 'A field.\n');
  await runGit(path, ['init', '--quiet', '--initial-branch=main']);
  await runGit(path, ['add', '--all']);
  await runGit(path, [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@localhost',
    'commit',
    '--quiet',
    '-m',
    'A field',
  ]);
  return path;
}

/** One line for each open work order, for the message of a test that fails. */
export async function openAccount(database: Database): Promise<string> {
  const { rows } = await sql<{
    line: string;
  }>`select concat_ws(' ', w.title, w.status, w.step, w.step_state, 'run', r.state, 'leg', r.leg,
      'fence', r.fence, r.executor, r.waiting_for, 'message', d.run_at, d.attempts, d.locked_by, d.last_error) as line
    from work_orders w left join runs r on r.work_order_id = w.id
    left join moose_queue.jobs d on d.key = r.id || ':' || r.leg
    where w.status in ('pending', 'in_progress')`.execute(database.query);
  return rows.map(({ line }) => line).join('\n');
}

/** Promises that were broken, one line for each; must be empty after the work. */
export async function brokenPromises({ database, repositories, dataDirectory }: Farm): Promise<string[]> {
  const broken = await rowsThat(database);
  for (const repository of repositories)
    broken.push(...(await brokenIn(database, repository, dataDirectory)));
  for (const folder of ['worktrees', 'git-of-worktrees']) {
    const left = await readdir(join(dataDirectory, folder)).catch(() => []);
    for (const name of left) broken.push(`orphaned directory ${folder}/${name}`);
  }
  for (const pid of await liveSessions(dataDirectory)) broken.push(`process ${pid} of a session still lives`);
  return broken;
}

/** Each statement selects a sentence for every row that should not exist. */
const accounts: Record<string, string> = {
  'not completed': `select title || ': ' || status || ' ' || coalesce(failure ->> 'message', '') from work_orders where status <> 'completed'`,
  'pull request missing': `select title from work_orders w where (select count(*) from pull_requests p where p.work_order_id = w.id) <> 1`,
  'open session row': `select name || ' ' || state from sessions where state in ('intended', 'running')`,
  'agent that finished was run twice': `select run_id || ' cycle ' || cycle from sessions where purpose = 'agent' and state = 'exited' and exit_code = 0
    group by run_id, cycle having count(*) > 1`,
  'check that finished was run twice': `select run_id || ' cycle ' || cycle || ' ' || name from sessions where purpose = 'check' and state = 'exited'
    group by run_id, cycle, name having count(*) > 1`,
  'hold left': `select id::text from cost_tracking where status in ('held', 'sent')`,
  'effect left': `select key || ' ' || state from effects where state in ('intended', 'undo_failed') or (state = 'done' and kind in ('worktree', 'session', 'hold'))`,
  'window differs from its holds': `select key from budget_windows w where held_nano_usd <> 0 or spent_nano_usd + presumed_nano_usd <>
    (select coalesce(sum(actual_nano_usd), 0) from cost_tracking c where c.type = 'reservation' and w.key = any (c.window_keys))`,
  'cost of a work order differs from its calls': `select title from work_orders w where cost_nano_usd <>
    (select coalesce(sum(actual_nano_usd), 0) from cost_tracking c where c.type = 'actual' and c.work_order_id = w.id)`,
  'run left': `select id::text from runs where state = 'running'`,
  'outcome missing': `select title from work_orders w where (select count(*) from outcome_vectors o where o.work_order_id = w.id) <> 1`,
  'step finished twice': `select run_id || ' ' || step from step_results group by run_id, step, cycle having count(*) > 1`,
};

async function rowsThat(database: Database): Promise<string[]> {
  const broken: string[] = [];
  for (const [what, statement] of Object.entries(accounts)) {
    const { rows } = await sql<Record<string, string>>`${sql.raw(statement)}`.execute(database.query);
    for (const row of rows) broken.push(`${what}: ${Object.values(row)[0]}`);
  }
  return broken;
}

async function brokenIn(database: Database, repository: string, dataDirectory: string): Promise<string[]> {
  const broken: string[] = [];
  const { rows } = await sql<{ title: string; branch: string; cycles: number; projectId: string }>`
    select w.title, w.branch, w.refinement_cycles as cycles, w.project_id from work_orders w join projects p on p.id = w.project_id
    where p.repository_path = ${repository}`.execute(database.query);
  const branches = await branchesOf(repository);
  const remote = join(dataDirectory, 'remotes', `${rows[0]?.projectId}.git`);
  const remoteBranches = await branchesOf(remote);
  for (const { title, branch, cycles } of rows) {
    const head = branches.get(branch);
    if (!head) broken.push(`${title}: its branch is missing`);
    if (remoteBranches.get(branch) !== head)
      broken.push(`${title}: the remote has another commit on its branch`);
    if (!head) continue;
    const { stdout } = await runGit(repository, [
      'log',
      '--format=%(trailers:key=Moose-Cycle,valueonly,separator=%x20)',
      `main..${head}`,
    ]);
    const commits = stdout.split('\n').filter(Boolean);
    const expected = Array.from({ length: cycles + 1 }, (_, cycle) => `1.${cycles - cycle}`);
    if (commits.join() !== expected.join())
      broken.push(`${title}: commits ${commits.join(' ')} where ${expected.join(' ')} were due`);
  }
  if (branches.size !== rows.length + 1)
    broken.push(`${repository} has ${branches.size - 1} branches for ${rows.length} work orders`);
  return broken;
}

async function branchesOf(repository: string): Promise<Map<string, string>> {
  if (!existsSync(repository)) return new Map();
  const { stdout } = await runGit(repository, [
    'for-each-ref',
    '--format=%(refname:short) %(objectname)',
    'refs/heads',
  ]);
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}

async function liveSessions(dataDirectory: string): Promise<string[]> {
  const live: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const [environment, directory] = await Promise.all([
      readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    ]);
    if (environment.includes('MOOSE_SESSION=') && (environment + directory).includes(dataDirectory))
      live.push(pid);
  }
  return live;
}
