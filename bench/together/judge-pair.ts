// Judges a case with the git and the decisions of the pipeline, and runs its tests in plain folders.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TogetherMode } from '../../src/domain/work-order/together.ts';
import { comparableChange } from '../../src/engine/run/together/changed-files.ts';
import { findSurroundings } from '../../src/engine/run/together/find-surroundings.ts';
import {
  type JudgedTogether,
  judgeTogether,
  type Neighbour,
} from '../../src/engine/run/together/judge-together.ts';
import { mergeChanges } from '../../src/git/merge/merge-changes.ts';
import { likelyConflicts } from '../../src/verification/together/likely-conflicts.ts';
import type { Files, TogetherCase } from './pairs.ts';

export interface PairResult extends JudgedTogether {
  /** Whether each change passes alone, without which the case says nothing. */
  areGreenAlone: boolean;
  /** Whether exactly the changes of the case are blamed. */
  isExact: boolean;
}

const plain = { PATH: process.env.PATH ?? '', HOME: tmpdir() };
const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@b.c',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@b.c',
};
const command = 'node --test';

/** `beside`: how many open changes stand beside those of the case that have nothing to do with it. */
export async function judgePair(
  { base, changes }: TogetherCase,
  { mode, beside }: { mode: Exclude<TogetherMode, 'off'>; beside: number },
): Promise<PairResult> {
  const root = mkdtempSync(join(tmpdir(), 'together-'));
  try {
    const repositoryPath = join(root, 'project');
    mkdirSync(repositoryPath);
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: repositoryPath, env: { ...plain, ...identity } })
        .toString()
        .trim();
    const commit = (files: Files) => {
      for (const [path, text] of Object.entries(files)) {
        const full = join(repositoryPath, path);
        mkdirSync(dirname(full), { recursive: true });
        if (text === null) rmSync(full);
        else writeFileSync(full, text);
      }
      git('add', '-A');
      git('commit', '-qm', 'x');
      return git('rev-parse', 'HEAD');
    };
    git('init', '-q');
    const startSha = commit(base);
    const heads = [...changes.slice(0, -1), ...unrelated(beside), ...changes.slice(-1)].map((files) => {
      git('checkout', '-q', '--detach', startSha);
      return commit(files);
    });
    const known = new Map<string, boolean>();
    const passes = (treeSha: string) => {
      const before = known.get(treeSha);
      if (before !== undefined) return { passed: before, isNew: false };
      const path = join(root, treeSha);
      mkdirSync(path);
      const archive = execFileSync('git', ['archive', treeSha], { cwd: repositoryPath });
      execFileSync('tar', ['-x'], { cwd: path, input: archive });
      const { status } = spawnSync('sh', ['-c', command], { cwd: path, env: plain, timeout: 60_000 });
      known.set(treeSha, status === 0);
      return { passed: status === 0, isNew: true };
    };
    const treeOf = (sha: string) => git('rev-parse', `${sha}^{tree}`);
    const culprits = new Set(heads.slice(0, changes.length - 1));
    const areGreenAlone = [...culprits, heads.at(-1) ?? ''].every((head) => passes(treeOf(head)).passed);
    const read = (headSha: string) => comparableChange({ repositoryPath, baseSha: startSha, headSha });
    const headSha = heads.at(-1) ?? '';
    const ours = await read(headSha);
    const around = await findSurroundings(repositoryPath, startSha, [command]);
    const others = heads
      .slice(0, -1)
      .map(
        (head, index): Neighbour => ({ workOrderId: head, title: head, number: index + 1, headSha: head }),
      );
    const judged = await judgeTogether({
      mode,
      ours: { headSha, treeSha: treeOf(headSha), startSha },
      tipSha: startSha,
      baseName: { workOrderId: null, title: 'main', number: null },
      others,
      isLikely: async (other) => likelyConflicts(ours, await read(other.headSha), around).length > 0,
      merge: (baseSha, some) => mergeChanges({ repositoryPath, baseSha, heads: some }),
      check: async ({ treeSha }) => {
        const { passed, isNew } = passes(treeSha);
        const failed = {
          kind: 'test' as const,
          command,
          exitCode: 1,
          outputTail: '',
          durationMs: 0,
          tests: [],
        };
        return { red: passed ? null : failed, isNew };
      },
    });
    const isExact =
      judged.blamed.length === culprits.size && judged.blamed.every((each) => culprits.has(each.headSha));
    return { ...judged, areGreenAlone, isExact };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function unrelated(count: number): Files[] {
  return Array.from({ length: count }, (_, index) => ({
    [`unrelated/part${index}.txt`]: `${index}\n`,
  }));
}
