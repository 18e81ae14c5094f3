import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { egressFolder, writeEgressRules } from '../src/sessions/isolation/egress-files.ts';
import { egressPort } from '../src/sessions/isolation/egress-names.ts';
import { enterNamespace, type IsolationWay, type WayOut } from '../src/sessions/isolation/isolation-way.ts';
import { probeIsolation } from '../src/sessions/isolation/probe-isolation.ts';
import { viewFor } from '../src/sessions/isolation/session-view.ts';
import { type Bench, goalAtMost } from './measuring/bench.ts';
import { quantile, rounded, sum } from './measuring/statistics.ts';

const addedMsMax = 30;
/** Two Node processes start meanwhile: the forwarder, which must be ready first, and the proxy, which need not. */
const addedByEgressMsMax = 150;
const wholeStarts = 30;
const quickStarts = 5;
const warmUps = 3;

export const bench: Bench = {
  about:
    'what the start and the end of a program in its own files cost, with and without listed hosts, beside those of the program alone',
  run: async ({ isQuick, signal, note }) => {
    const { level, way, reason } = await probeIsolation();
    if (way === null || level !== 'files') throw new Error(`It cannot be measured here: ${reason}`);
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-sandbox-'));
    try {
      const starts = isQuick ? quickStarts : wholeStarts;
      const ways = {
        alone: () => ['/bin/true'],
        files: await startOf(join(directory, 'files'), way, false),
        egress: await startOf(join(directory, 'egress'), way, true),
      };
      const measured: Record<keyof typeof ways, number[]> = { alone: [], files: [], egress: [] };
      note(reason);
      // Alternating, so that other load on the machine affects both equally.
      for (let n = -warmUps; n < starts; n += 1) {
        signal.throwIfAborted();
        for (const name of ['alone', 'files', 'egress'] as const) {
          const ms = startMs(ways[name], directory);
          if (n >= 0) measured[name].push(ms);
        }
      }
      const added = mean(measured.files) - mean(measured.alone);
      return {
        figures: {
          starts,
          way: way.kind,
          ms: {
            alone: figures(measured.alone),
            files: figures(measured.files),
            egress: figures(measured.egress),
          },
        },
        goals: {
          added: goalAtMost('milliseconds that are added, in the mean', rounded(added), addedMsMax),
          addedByEgress: goalAtMost(
            'milliseconds that listed hosts add to that, in the mean',
            rounded(mean(measured.egress) - mean(measured.files)),
            addedByEgressMsMax,
          ),
        },
      };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/**
 * Starts a program as for a check: the root directory is planned, the namespaces are created, and everything is removed
 * at the end.
 */
async function startOf(directory: string, way: IsolationWay, hasEgress: boolean): Promise<() => string[]> {
  const worktree = join(directory, 'worktree');
  await mkdir(worktree, { recursive: true });
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin' };
  const asked = { argv: ['/bin/true'], env, cwd: worktree } as const;
  const shown = [{ path: worktree, sight: 'write' as const }];
  const files = { dataDirectory: directory, userHome: homedir(), hidden: [], shown, granted: [] };
  let count = 0;
  return () => {
    count += 1;
    const sessionPath = join(directory, 'sessions', String(count));
    const view = viewFor({ ...asked, ...files, sessionPath });
    const network = hasEgress ? listed(sessionPath) : 'none';
    return enterNamespace(way, { argv: ['/bin/true'], cwd: worktree, network, view });
  };
}

function listed(sessionPath: string): WayOut {
  const socketPath = writeEgressRules(egressFolder(sessionPath), { entries: [], closedPorts: [] });
  return { port: egressPort, socketPath, hasProxy: true };
}

function startMs(words: () => string[], cwd: string): number {
  const beganAt = performance.now();
  const [program = '', ...args] = words();
  const { status, stderr } = spawnSync(program, args, {
    cwd,
    env: { PATH: '/usr/bin:/bin', MOOSE_SESSION: 'bench' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`It ended with ${status}: ${stderr}`);
  return performance.now() - beganAt;
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function figures(values: readonly number[]) {
  return {
    mean: rounded(mean(values)),
    median: rounded(quantile(values, 0.5)),
    p95: rounded(quantile(values, 0.95)),
  };
}
