import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RankWeights, rankFiles, rankWeights } from '../src/engine/run/reading/rank-files.ts';
import { indexRepository, type RepositoryIndex } from '../src/engine/run/reading/repository-index.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { rankByPath } from './ranking/old-ranking.ts';
import { kinds, type Question, questionsOn } from './ranking/questions.ts';
import { filesOf, sources } from './ranking/sources.ts';

/** The weights of the full ranking, and of the ranking without one of its parts. */
const ways: Readonly<Record<string, RankWeights>> = {
  now: rankWeights,
  without_references: { ...rankWeights, references: 0 },
  without_definitions: { ...rankWeights, defined: 0, symbol: 0 },
};
const missedTimesMax = 0.7;
const largeFiles = 10_000;
const indexSecondsMax = 30;
const rankSecondsMax = 1;

interface Judged extends Question {
  source: string;
  isForTuning: boolean;
  /** The rank of the file, from 0; Infinity if it is not ranked. */
  places: Record<string, number>;
}

export const bench: Bench = {
  about: 'how often the file that a request is about is among the first five or ten, and how long that takes',
  run: async ({ isQuick, signal, note }) => {
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-ranking-'));
    try {
      const judged: Judged[] = [];
      const everything = new Map<string, string>();
      for (const source of isQuick ? sources.slice(0, 1) : sources) {
        const given = filesOf(source);
        for (const [path, text] of given) everything.set(`${source.name}/${path}`, text);
        const { questions, files } = questionsOn(given);
        const path = repositoryOf(join(directory, source.name), files);
        const index = await indexRepository(path, head(path), signal);
        for (const question of questions) {
          signal.throwIfAborted();
          const places = await placesOf(files, index, question);
          judged.push({ ...question, source: source.name, isForTuning: source.isForTuning, places });
        }
        const own = judged.filter((each) => each.source === source.name);
        const [before, now] = ['by_path', 'now'].map((way) => rounded(recall(own, way, 10)));
        note(
          `${source.name}: ${files.size} files, ${own.length} requests, recall@10 ${before} before, ${now} now`,
        );
      }
      const counted = judged.filter(({ isForTuning }) => isQuick || !isForTuning);
      const time = await timeOf(join(directory, 'large'), everything, signal);
      const missed = (way: string) => 1 - recall(counted, way, 10);
      return {
        figures: {
          requests: counted.length,
          recall: recallsOf(counted),
          tuning: recallsOf(judged.filter(({ isForTuning }) => isForTuning)),
          by_source: perGroup(judged, ({ source }) => source),
          ...time,
        },
        goals: {
          missed: goalAtMost(
            'requests whose file is not among the first ten, against the ranking by paths',
            rounded(missed('now') / Math.max(0.001, missed('by_path'))),
            missedTimesMax,
          ),
          index: goalAtMost(
            'seconds of computing to index it for the first time',
            time.index_cpu_seconds,
            indexSecondsMax,
          ),
          rank: goalAtMost('seconds to rank it', time.rank_seconds, rankSecondsMax),
        },
      };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function placesOf(
  files: ReadonlyMap<string, string>,
  index: RepositoryIndex,
  { title, answer }: Question,
): Promise<Record<string, number>> {
  const place = (paths: readonly string[]) => {
    const at = paths.indexOf(answer);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  const request = { title, text: '' };
  const found: [string, number][] = [];
  for (const [way, weights] of Object.entries(ways)) {
    const ranked = await rankFiles(index, request, undefined, weights);
    found.push([way, place(ranked.map(({ file }) => file.path))]);
  }
  return { by_path: place(rankByPath(files, title)), ...Object.fromEntries(found) };
}

function recall(judged: readonly Judged[], way: string, first: number): number {
  return judged.filter(({ places }) => (places[way] ?? first) < first).length / Math.max(1, judged.length);
}

function recallsOf(judged: readonly Judged[]): Figures {
  const of = (some: readonly Judged[]): Figures => ({
    requests: some.length,
    ...Object.fromEntries(
      ['by_path', ...Object.keys(ways)].map((way) => [
        way,
        { at_5: rounded(recall(some, way, 5)), at_10: rounded(recall(some, way, 10)) },
      ]),
    ),
  });
  const each = kinds.map((kind) => [kind, of(judged.filter((question) => question.kind === kind))] as const);
  return { all: of(judged), ...Object.fromEntries(each) };
}

function perGroup(judged: readonly Judged[], groupOf: (each: Judged) => string): Figures {
  return Object.fromEntries(
    [...Map.groupBy(judged, groupOf)].map(([group, some]) => [
      group,
      {
        requests: some.length,
        by_path: rounded(recall(some, 'by_path', 10)),
        now: rounded(recall(some, 'now', 10)),
      },
    ]),
  );
}

/** Copies get different content, so that no cached result applies to them. */
async function timeOf(path: string, given: ReadonlyMap<string, string>, signal: AbortSignal) {
  const files = new Map<string, string>();
  for (let copy = 0; files.size < largeFiles; copy += 1) {
    for (const [name, text] of given)
      if (files.size < largeFiles) files.set(`copy${copy}/${name}`, `${text}\n// copy ${copy} of it\n`);
  }
  repositoryOf(path, files);
  const before = process.cpuUsage();
  const from = performance.now();
  const index = await indexRepository(path, head(path), signal);
  const seconds = (performance.now() - from) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const start = performance.now();
  await rankFiles(index, { title: 'Parse dates with a time zone in templates', text: '' });
  return {
    files: files.size,
    index_seconds: rounded(seconds),
    index_cpu_seconds: rounded((user + system) / 1_000_000),
    rank_seconds: rounded((performance.now() - start) / 1_000),
  };
}

function repositoryOf(path: string, files: ReadonlyMap<string, string>): string {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', '--all', '--force');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '--quiet', '-m', 'Files');
  return path;
}

function head(path: string): string {
  return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: path, encoding: 'utf8' }).trim();
}
