// An invented week of work: 1,000 work orders of five projects, their costs, their failures, and what is still open.

import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createDice, type Dice } from './random.ts';
import { addRow, type Rows, writeRows } from './rows.ts';
import { addSpecs } from './specs.ts';
import { Story } from './story.ts';
import { type Ending, iso } from './story-log.ts';
import { windowsAt } from './story-work.ts';
import { addSurroundings } from './surroundings.ts';
import { projects } from './vocabulary.ts';

export interface WeekOptions {
  /** The address of a migrated database. */
  url: string;
  /** The folder for the output of the processes that are still running. */
  dataDirectory: string;
  seed?: number;
  workOrders?: number;
  now?: Date;
}

export interface Week {
  /** Some work orders to look at, by their state. */
  examples: Partial<Record<Ending | 'refined', string>>;
  escalations: string[];
  /** The project with the most work orders. */
  project: string;
  /** A spec in which one part blocks another. */
  spec: string | undefined;
}

const dayMs = 24 * 3_600_000;
const days = 7;
/** Shares of the endings in percent, except for the newest hours. */
const endings = [
  ['completed', 88],
  ['failed', 6],
  ['cancelled', 3],
  ['needs_review', 3],
] as const satisfies ReadonlyArray<readonly [Ending, number]>;
const atWork = 14;
const waiting = 22;

export async function writeWeek(options: WeekOptions): Promise<Week> {
  const { url, dataDirectory, seed = 7, workOrders = 1_000, now = new Date() } = options;
  const dice = createDice(seed);
  const rows: Rows = new Map();
  const homes = projects.map((project) => ({ ...project, id: dice.uuid() }));
  for (const { id, name } of homes)
    addRow(rows, 'projects', {
      id,
      name,
      repository_path: `/srv/repositories/${name}`,
      settings: {},
      created_at: iso(now.getTime() - 90 * dayMs),
    });
  addBaseline(rows, homes[0]?.id ?? '', now.getTime());
  addLimits(rows, homes[0]?.id ?? '');
  const stories: Story[] = [];
  const examples: Week['examples'] = {};
  const nextTitle = titlesOf(dice);
  for (const { createdAt, ending, host = hostname() } of planOf(dice, workOrders, now.getTime())) {
    const project = dice.weighted(homes.map((home, at) => [home, homes.length - at] as const));
    const story = new Story(dice, rows, {
      project,
      title: nextTitle(project.tasks),
      createdAt,
      ending,
      host,
      dataDirectory,
    }).tell();
    stories.push(story);
    examples[story.wasRefined ? 'refined' : ending] ??= story.id;
  }
  const escalations = addSurroundings(dice, rows, stories, now.getTime());
  const spec = addSpecs(dice, rows, now.getTime());
  await writeRows(url, rows, countersOf(windowsAt(now.getTime())));
  await writeOutputs(rows, dataDirectory);
  return { examples, escalations, project: homes[0]?.id ?? '', spec };
}

/** Checks that failed on the newest base of a project before any change. */
function addBaseline(rows: Rows, projectId: string, nowMs: number): void {
  const seen = (testNames: readonly string[]) => ({
    failureClass: 'test_failure',
    rule: 'tests',
    file: null,
    errorCode: null,
    lack: null,
    testNames,
  });
  const checks = [
    { command: 'npm run typecheck', seen: null },
    {
      command: 'npm test',
      seen: seen(['rounds a price half up', 'sorts by the name of a city with an umlaut']),
    },
  ];
  for (const [index, check] of checks.entries())
    addRow(rows, 'base_checks', {
      project_id: projectId,
      base_sha: 'c0ffee'.padEnd(40, '0'),
      check_key: `key-${index}`,
      command: check.command,
      passed: check.seen === null,
      seen: check.seen,
      checked_at: iso(nowMs - (checks.length - index) * 60_000),
    });
}

function addLimits(rows: Rows, projectId: string): void {
  for (const [kind, subject, daily, monthly] of [
    ['person', 'ada', 40, 400],
    ['person', '*', 5, null],
    ['project', projectId, null, 250],
  ] as const)
    addRow(rows, 'spending_limits', {
      kind,
      subject,
      set_by: 'human:ada',
      daily_nano_usd: daily && daily * 1_000_000_000,
      monthly_nano_usd: monthly && monthly * 1_000_000_000,
    });
}

/** When work orders are submitted: more by day than by night, and never in the future. */
function* planOf(
  dice: Dice,
  count: number,
  nowMs: number,
): Generator<{ createdAt: number; ending: Ending; host?: string }> {
  const moments = Array.from({ length: count - atWork - waiting }, () => {
    const at = nowMs - 1_800_000 - dice.next() * days * dayMs;
    const hour = new Date(at).getUTCHours();
    // Always draws a number, so that the same seed gives the same stories at any hour.
    const isMoved = dice.next() < 0.6;
    return hour < 6 && isMoved ? at + 8 * 3_600_000 : at;
  });
  for (const at of moments.sort((one, other) => one - other))
    yield { createdAt: Math.min(at, nowMs - 1_800_000), ending: dice.weighted(endings) };
  for (const hours of [5, 3])
    yield { createdAt: nowMs - hours * 3_600_000, ending: 'in_progress', host: 'build-2' };
  for (let n = 2; n < atWork; n++)
    yield { createdAt: nowMs - dice.between(60_000, 240_000), ending: 'in_progress' };
  for (let n = 0; n < waiting; n++)
    yield { createdAt: nowMs - dice.between(5_000, 60_000), ending: 'pending' };
}

function titlesOf(dice: Dice): (tasks: readonly [string, ...string[]]) => string {
  const used = new Map<string, number>();
  return (tasks) => {
    const task = dice.pick(tasks);
    const times = (used.get(task) ?? 0) + 1;
    used.set(task, times);
    return times === 1 ? task : `${task} (part ${times})`;
  };
}

/** Sets the counters to the sums of the rows. */
function countersOf([today, month]: readonly string[]): string[] {
  return [
    `insert into budget_windows (key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd)
      select key, case when key like 'day:%' then 100 else 500 end * 1000000000::bigint,
        sum(case when e.status = 'held' then e.reserved_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd else 0 end),
        sum(e.drawn_spent_nano_usd), sum(e.drawn_presumed_nano_usd)
      from cost_tracking e, unnest(e.window_keys) as key where e.type = 'reservation' group by key
      on conflict (key) do update set held_nano_usd = excluded.held_nano_usd,
        spent_nano_usd = excluded.spent_nano_usd, presumed_nano_usd = excluded.presumed_nano_usd`,
    // In the first minutes of a day, nothing has been spent yet, so the windows are created here.
    `insert into budget_windows (key, limit_nano_usd) values ('${today}', 100000000000), ('${month}', 500000000000)
      on conflict (key) do nothing`,
    `update budget_windows set limit_nano_usd = greatest(limit_nano_usd, ceil((held_nano_usd + spent_nano_usd + presumed_nano_usd) * 1.4 / 1e10)::bigint * 10000000000)`,
    `update system_config set value = to_jsonb((select limit_nano_usd / 1000000000 from budget_windows where key = '${today}')) where key = 'budget.daily_limit_usd'`,
    `update system_config set value = to_jsonb((select limit_nano_usd / 1000000000 from budget_windows where key = '${month}')) where key = 'budget.monthly_limit_usd'`,
    'analyze',
  ];
}

const output = `\u001b[1mReading src/refunds.ts\u001b[0m
● The webhook's id is not looked at: a second delivery books a second refund.
● Writing a test that sends the same webhook twice
  src/refunds.test.ts
    ✗ a webhook that comes twice is booked once
      expected 2 to be 1
● Editing src/refunds.ts: look the external id up first
● Running npm test
`;

/** The output so far of the processes that are still running. */
async function writeOutputs(rows: Rows, dataDirectory: string): Promise<void> {
  for (const { state, directory, host } of rows.get('sessions') ?? []) {
    if (state !== 'running' || host !== hostname() || !String(directory).startsWith(dataDirectory)) continue;
    await mkdir(String(directory), { recursive: true });
    await writeFile(join(String(directory), 'stdout.log'), output);
    await writeFile(join(String(directory), 'stderr.log'), '');
  }
}
