// One disk and its Moose, from the first start until all work has ended, with all its cuts.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Submitted } from '../../chaos/instance.ts';
import { judge } from '../../chaos/judge/judge.ts';
import { startChaosProvider } from '../../chaos/provider.ts';
import { chaosScript, descriptionOf, titleOf } from '../../chaos/work.ts';
import { submit } from '../../src/engine/commands/submit/submit.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { urlOfRunning } from '../../src/postgres/running-url.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { flush } from '../../src/stdx/files/durable-files.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type FileSystem, makeDisk, type PowerDisk } from './power-disk.ts';
import { freezeAllOn, killAllOn, type PoweredMoose, startPowered } from './power-processes.ts';
import { checksOf, damagedWord, environmentOn, makeProject } from './power-work.ts';

const limitNanoUsd = 5_000_000_000n;
const openAtOnce = 6;
const repositories = 2;
/** Between the start of Moose and the cut. */
const powerMs = { least: 300, most: 20_000 };
const restMsMax = 10 * 60_000;
const lookEveryMs = 200;
const tidyMsMax = 3 * 60_000;
const tidyLookMs = 10_000;

export interface Life {
  cuts: number;
  hurt: number;
  submitted: number;
  completed: number;
  lost: number;
  doubled: number;
  overspent: number;
  orphaned: number;
  silent: number;
  damaged: number;
  waiting: number;
  renewed: number;
  /** What agents had done when the power went, and had to do again: it was on no disk yet. */
  repeated: number;
  failedStarts: number;
  movesSecondsMax: number;
  /** One line for each broken promise. */
  findings: string[];
}

interface Asked {
  /** A folder with an empty folder `outside`. */
  root: string;
  fileSystem: FileSystem;
  cuts: number;
  seed: number;
  /** Whether the disk stays for a person to look at. */
  keeps: boolean;
  /** The Moose to start; if absent, that of this checkout. */
  program?: string | undefined;
  say(line: string): void;
}

/** @throws CannotMount */
export async function lifeOn({ root, fileSystem, cuts, seed, keeps, program, say }: Asked): Promise<Life> {
  const random = seededRandom(seed);
  const disk = await makeDisk(root, fileSystem);
  const provider = await startChaosProvider(chaosScript);
  try {
    const place = await prepare(disk, provider.baseUrl, join(root, 'outside'), program);
    const told: Told = { hurt: 0, failedStarts: 0, moves: [], starts: [] };
    for (let cut = 1; cut <= cuts; cut += 1) {
      const moose = await tryStart(place, told);
      if (moose) {
        await withDatabase(place, (database) => fillUp(place, database));
        await sleep(powerMs.least + random() * (powerMs.most - powerMs.least));
      }
      const before = await sizesBelow(place.dataDirectory);
      await disk.cut(
        () => freezeAllOn(disk.path),
        () => killAllOn(disk.path),
      );
      const hurt = hurtAmong(before, await sizesBelow(place.dataDirectory));
      told.hurt += hurt;
      say(
        `${fileSystem}: cut ${cut} of ${cuts}, ${hurt} files emptied or taken, ${place.submitted.length} work orders`,
      );
    }
    const moose = await tryStart(place, told);
    if (!moose) throw new Error(`Moose does not start any more:\n${told.starts.join('\n')}`);
    const life = await withDatabase(place, async (database) => {
      await atRest(database, moose, told);
      return judged(place, database, told, provider.billedNanoUsd(), cuts);
    });
    await moose.stop();
    return life;
  } finally {
    await killAllOn(disk.path);
    await provider.stop();
    if (keeps) say(`kept: ${disk.path}`);
    else await disk.remove();
  }
}

interface Place {
  dataDirectory: string;
  outside: string;
  program?: string | undefined;
  environment: Record<string, string>;
  repositories: string[];
  submitted: Submitted[];
}

interface Told {
  hurt: number;
  failedStarts: number;
  /** Seconds from a start until a step or a session has begun. */
  moves: number[];
  starts: string[];
}

async function prepare(disk: PowerDisk, baseUrl: string, outside: string, program?: string): Promise<Place> {
  const paths = Array.from({ length: repositories }, (_, at) => join(disk.path, `repository-${at + 1}`));
  for (const path of paths) await makeProject(path);
  const environment = await environmentOn(disk.path, baseUrl);
  // The repositories of people are older than the first cut.
  await flush(disk.path);
  const place = {
    dataDirectory: join(disk.path, 'data'),
    outside,
    program,
    environment,
    repositories: paths,
    submitted: [],
  };
  return place;
}

async function tryStart(place: Place, told: Told): Promise<PoweredMoose | null> {
  const from = performance.now();
  try {
    const moose = await startPowered(place);
    await withDatabase(place, (database) => untilMoves(database));
    told.moves.push((performance.now() - from) / 1_000);
    return moose;
  } catch (cause) {
    told.failedStarts += 1;
    told.starts.push(String(cause));
    return null;
  }
}

async function withDatabase<T>(
  { dataDirectory }: Place,
  act: (database: Database) => Promise<T>,
): Promise<T> {
  const url = await urlOfRunning(join(dataDirectory, 'postgres'), 'moose');
  if (url === null) throw new Error('PostgreSQL does not run');
  const database = openDatabase(url, { connectionsMax: 2 });
  try {
    return await act(database);
  } finally {
    await database.close();
  }
}

async function rowsOf<Row>(database: Database, statement: string): Promise<Row[]> {
  return (await database.run((query) => sql<Row>`${sql.raw(statement)}`.execute(query))).rows;
}

const openWork = `status in ('pending', 'in_progress')`;

/** As long as work is open, something of it is carried out. */
async function untilMoves(database: Database): Promise<void> {
  const until = performance.now() + restMsMax;
  for (;;) {
    const [row] = await rowsOf<{ open: number; moving: number }>(
      database,
      `select (select count(*)::int from work_orders where ${openWork}) as open,
        (select count(*)::int from runs where state = 'running') as moving`,
    );
    if (!row || row.open === 0 || row.moving > 0) return;
    if (performance.now() > until) throw new Error('Work is open, and nothing is carried out');
    await sleep(lookEveryMs);
  }
}

async function fillUp(place: Place, database: Database): Promise<void> {
  const [row] = await rowsOf<{ open: number }>(
    database,
    `select count(*)::int as open from work_orders where ${openWork}`,
  );
  for (let open = row?.open ?? 0; open < openAtOnce; open += 1) {
    const number = place.submitted.length + 1;
    const repositoryPath = place.repositories[number % repositories] ?? '';
    const isByAgent = number % 2 === 0;
    const title = titleOf(number);
    const { order } = await submit(
      { database, clock: systemClock },
      {
        title,
        repositoryPath,
        limitNanoUsd,
        description: descriptionOf(number, undefined),
        checks: checksOf(number).map(parseCheck),
        ...(isByAgent ? { agent: 'claude-code' } : {}),
      },
      'human:power',
    );
    place.submitted.push({
      id: order.id,
      number,
      title,
      repositoryPath,
      limitNanoUsd,
      remotePath: null,
      scenario: null,
    });
  }
}

/** Waits until nothing is open. A work order that goes on when a person has answered is not. */
async function atRest(database: Database, moose: PoweredMoose, told: Told): Promise<void> {
  const until = performance.now() + restMsMax;
  for (;;) {
    const [row] = await rowsOf<{ open: number }>(
      database,
      `select count(*)::int as open from work_orders where ${openWork}`,
    );
    if (row?.open === 0) return;
    if (moose.hasEnded()) told.starts.push(`Moose ended: ${moose.stderr().slice(-2_000)}`);
    if (moose.hasEnded() || performance.now() > until) return;
    await sleep(lookEveryMs);
  }
}

async function judged(
  place: Place,
  database: Database,
  told: Told,
  billedNanoUsd: bigint,
  cuts: number,
): Promise<Life> {
  const { submitted, dataDirectory } = place;
  const given = { database, dataDirectory, submitted, strangers: [], billedNanoUsd, diedAlone: told.starts };
  const until = performance.now() + tidyMsMax;
  let verdict = await judge(given);
  // What a cut has left is removed by a look that comes once a minute.
  while (verdict.orphaned.length > 0 && performance.now() < until) {
    await sleep(tidyLookMs);
    verdict = await judge(given);
  }
  const count = async (statement: string) =>
    (await rowsOf<{ count: number }>(database, statement))[0]?.count ?? 0;
  const waiting = await rowsOf<{ what: string }>(
    database,
    `select title || ' waits for a person: ' || status || ' ' || coalesce(failure ->> 'message', '') as what
      from work_orders where status <> 'completed'`,
  );
  const damaged = await rowsOf<{ what: string }>(
    database,
    `select 'a check saw damage: ' || left(text, 300) as what from session_output where text like '%${damagedWord} %'`,
  );
  const findings = Object.entries(verdict).flatMap(([figure, found]) =>
    found.map(({ id, what, rows = [] }) => [`${figure}: ${id}: ${what}`, ...rows].join('\n    ')),
  );
  return {
    cuts,
    hurt: told.hurt,
    submitted: submitted.length,
    failedStarts: told.failedStarts,
    completed: await count(`select count(*)::int as count from work_orders where status = 'completed'`),
    lost: verdict.lost.length,
    doubled: verdict.doubled.length,
    overspent: verdict.overspent.length,
    orphaned: verdict.orphaned.length,
    silent: verdict.silent.length,
    damaged: damaged.length,
    waiting: waiting.length,
    renewed: await count(
      `select count(*)::int as count from work_order_events where kind = 'worktree.renewed'`,
    ),
    repeated: await count(
      `select coalesce(sum(more), 0)::int as count from (select count(*) - 1 as more from sessions
        where purpose = 'agent' and state = 'exited' and exit_code = 0
        group by work_order_id, run_id, name, cycle having count(*) > 1) again`,
    ),
    movesSecondsMax: Math.round(Math.max(0, ...told.moves) * 10) / 10,
    findings: [...findings, ...[...waiting, ...damaged].map(({ what }) => what), ...told.starts],
  };
}

/** The size of each file, without those of PostgreSQL, which judges its own. */
async function sizesBelow(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const names = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(join(folder, 'postgres'))) continue;
    const found = await stat(path).catch(() => null);
    if (found) sizes.set(path, found.size);
  }
  return sizes;
}

function hurtAmong(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return [...before].filter(([path, size]) => (after.get(path) ?? -1) < size).length;
}
