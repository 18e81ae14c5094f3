// Each kind of drift between the tables and one machine's disk, repositories and processes: made by hand, found, and
// repaired or asked about. Nothing is destroyed that is not preserved.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, shortId } from '../../domain/ids.ts';
import { ensureBareRemote } from '../../git/bare-remote.ts';
import { pushBranch } from '../../git/remote.ts';
import { scratchDirectory, scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { startProcess } from '../../sessions/start-process.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import { toJson } from '../../store/storable.ts';
import { intendEffect, markEffect } from '../../store/work/effects.ts';
import { changeWorkOrder } from '../../store/work/work-orders.ts';
import { haveWorktree } from '../pipeline/worktree-place.ts';
import type { RoutingResult } from '../run/step-results.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { lookFor, type Machine, reconcileKinds } from './scratch-reconcile.fixture.ts';

const shared = sharedDatabase();
const by = { changedBy: 'human:test', changedBecause: 'made by hand' };

/** A work order that needs review, with a commit on its branch in a worktree of this machine. */
async function scene(status: 'needs_review' | 'cancelled' = 'needs_review') {
  const repository = scratchRepository();
  const dataDirectory = scratchDirectory();
  const place = { step: 'applying', repositoryPath: repository.path, dataDirectory } as const;
  const work = await scratchWork(shared(), place);
  const { database, order, run } = work;
  const id = shortId(order.id);
  const branch = `moose/${id}-x`;
  const routed = { branch, baseSha: repository.headSha, baseBranch: 'main' } as RoutingResult;
  const { worktreePath } = await haveWorktree(work, routed, repository.headSha);
  const git = (...args: string[]) => repository.git('-C', worktreePath, ...args);
  writeFileSync(join(worktreePath, 'change.txt'), 'the change\n');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'The change');
  const headSha = git('rev-parse', 'HEAD');
  const result = { runId: run.id, workOrderId: order.id, step: 'applying' as const, cycle: 1 };
  await database.query
    .insertInto('stepResults')
    .values({ ...result, result: toJson({ headSha }), startedAt: new Date() })
    .execute();
  await database.query
    .updateTable('runs')
    .set({ state: 'ended', endedAt: new Date() })
    .where('id', '=', run.id)
    .execute();
  await changeWorkOrder(database.query, order.id, {}, { status, stepState: 'done', ...by });
  const machine: Machine = { database, dataDirectory };
  const has = (ref: string) => repository.git('for-each-ref', '--format=%(objectname)', ref);
  return {
    ...{ repository, dataDirectory, work, order, run, id, branch, worktreePath, headSha, machine, has, git },
  };
}
type Scene = Awaited<ReturnType<typeof scene>>;

const setEffect =
  (kind: 'branch' | 'push' | 'worktree', state: 'done' | 'undone') =>
  async (s: Scene, detail = {}) => {
    const key = kind === 'worktree' ? `worktree:${s.order.id}@here` : `${kind}:${s.order.id}`;
    const { id: workOrderId } = s.order;
    const { query } = s.work.database;
    if (kind === 'push')
      await intendEffect(query, {
        workOrderId,
        runId: s.run.id,
        kind,
        key,
        detail: { branch: s.branch, ...detail },
      });
    await markEffect(query, key, state);
  };
const old = (path: string) => utimesSync(path, new Date(0), new Date(0));
const folder = (s: Scene, ...names: string[]) => {
  const path = join(s.dataDirectory, ...names);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'kept.txt'), 'somebody may want this');
  return path;
};
const isAside = (s: Scene, path: string) => {
  expect(existsSync(path)).toBe(false);
  const names = readdirSync(join(s.dataDirectory, 'set-aside')).filter((name) =>
    name.includes(basename(path)),
  );
  expect(names).toHaveLength(1);
  expect(readdirSync(join(s.dataDirectory, 'set-aside', names[0] ?? ''))).toContain('kept.txt');
};
const removeCheckout = async (s: Scene) => {
  s.repository.git('worktree', 'remove', '--force', s.worktreePath);
  await setEffect('worktree', 'undone')(s);
};

/** Pushes the branch to Moose's own remote, with an open pull request of the local forge. */
async function publish(s: Scene) {
  const { repository, order, branch, headSha, dataDirectory, work } = s;
  const remoteUrl = join(dataDirectory, 'remotes', `${order.projectId}.git`);
  const base = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  await ensureBareRemote(remoteUrl, base);
  const where = { repositoryPath: repository.path, remoteUrl, isMooses: true };
  await pushBranch({ ...where, branch, sha: headSha, expectedRemoteSha: null });
  await setEffect('push', 'done')(s, { sha: headSha });
  await work.database.query
    .insertInto('pullRequests')
    .values({
      ...{ projectId: order.projectId, workOrderId: order.id, number: 1, title: 't', body: '', headSha },
      ...{ headBranch: branch, baseBranch: 'main', baseSha: repository.headSha },
    })
    .execute();
  return { remoteUrl, remote: (...args: string[]) => repository.git('--git-dir', remoteUrl, ...args) };
}

interface Case {
  isSafe: boolean;
  status?: 'cancelled';
  /** Returns what the subject contains, and what is true after the repair. */
  make(s: Scene): Promise<{ subject: string; check?: () => unknown }>;
  aheadMs?: number;
}

const hourMs = 3_600_000;
const cases: Record<string, Case> = {
  'worktree-left': {
    isSafe: true,
    status: 'cancelled',
    make: async (s) => {
      writeFileSync(join(s.worktreePath, 'half.txt'), 'not committed\n');
      const check = () => {
        expect(existsSync(s.worktreePath)).toBe(false);
        expect(s.repository.git('show', `refs/moose/preserved/${s.id}:half.txt`)).toBe('not committed');
      };
      return { subject: s.worktreePath, check };
    },
  },
  'worktree-missing': {
    isSafe: true,
    make: async (s) => {
      rmSync(s.worktreePath, { recursive: true });
      const check = () => expect(s.repository.git('worktree', 'list')).not.toContain(s.worktreePath);
      return { subject: s.worktreePath, check };
    },
  },
  'worktree-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = join(s.dataDirectory, 'worktrees', 'nobodys');
      s.repository.git('worktree', 'add', '--quiet', '-b', 'nobodys', path);
      writeFileSync(join(path, 'only-here.txt'), 'work\n');
      const check = () => {
        expect(existsSync(path)).toBe(false);
        const kept = s.repository.git('show', 'refs/moose/preserved/worktree-nobodys:only-here.txt');
        expect(kept).toBe('work');
      };
      return { subject: path, check };
    },
  },
  'worktree-entry-without-folder': {
    isSafe: true,
    make: async (s) => {
      const path = join(s.dataDirectory, 'worktrees', 'nobodys');
      s.repository.git('worktree', 'add', '--quiet', '--detach', path);
      rmSync(path, { recursive: true });
      const check = () => expect(s.repository.git('worktree', 'list')).not.toContain('nobodys');
      return { subject: path, check };
    },
  },
  'worktree-folder-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'worktrees', 'stray');
      return { subject: path, check: () => isAside(s, path) };
    },
  },
  'worktree-half-removed': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'worktrees', '.gone.removing');
      return { subject: path, check: () => expect(existsSync(path)).toBe(false) };
    },
  },
  'worktree-on-another-branch': {
    isSafe: false,
    make: async (s) => {
      s.git('switch', '--quiet', '-c', 'elsewhere');
      return { subject: s.worktreePath, check: () => expect(existsSync(s.worktreePath)).toBe(false) };
    },
  },
  'branch-unknown': {
    isSafe: false,
    make: async (s) => {
      s.repository.git('branch', 'moose/00000000-nobodys', s.headSha);
      const check = () => {
        expect(s.has('refs/heads/moose/00000000-nobodys')).toBe('');
        expect(s.has('refs/moose/preserved/branch-00000000')).toBe(s.headSha);
      };
      return { subject: 'moose/00000000-nobodys', check };
    },
  },
  'branch-missing': {
    isSafe: true,
    make: async (s) => {
      await removeCheckout(s);
      s.repository.git('branch', '-D', s.branch);
      return { subject: s.branch, check: () => expect(s.has(`refs/heads/${s.branch}`)).toBe(s.headSha) };
    },
  },
  'branch-of-undone-work': {
    isSafe: false,
    status: 'cancelled',
    make: async (s) => {
      await removeCheckout(s);
      await setEffect('branch', 'undone')(s);
      const check = () => {
        expect(s.has(`refs/heads/${s.branch}`)).toBe('');
        expect(s.has(`refs/moose/preserved/${s.id}`)).toBe(s.headSha);
      };
      return { subject: s.branch, check };
    },
  },
  'preserved-missing': {
    isSafe: true,
    status: 'cancelled',
    make: async (s) => {
      await removeCheckout(s);
      await setEffect('branch', 'undone')(s);
      s.repository.git('branch', '-D', s.branch);
      return { subject: s.id, check: () => expect(s.has(`refs/moose/preserved/${s.id}`)).toBe(s.headSha) };
    },
  },
  'git-lock-left': {
    isSafe: true,
    make: async (s) => {
      const lock = join(s.repository.path, '.git', 'refs', 'heads', `${s.branch}.lock`);
      writeFileSync(lock, '');
      old(lock);
      return { subject: lock, check: () => expect(existsSync(lock)).toBe(false) };
    },
  },
  'remote-branch-deleted': {
    isSafe: false,
    make: async (s) => {
      const { remote } = await publish(s);
      remote('update-ref', '-d', `refs/heads/${s.branch}`);
      return { subject: s.branch, check: () => expect(remote('rev-parse', s.branch)).toBe(s.headSha) };
    },
  },
  'remote-branch-of-undone-work': {
    isSafe: false,
    status: 'cancelled',
    make: async (s) => {
      const { remote } = await publish(s);
      await setEffect('push', 'undone')(s, { sha: s.headSha });
      const check = () => {
        expect(remote('for-each-ref', `refs/heads/${s.branch}`)).toBe('');
        expect(s.has(`refs/moose/preserved/${s.id}`)).toBe(s.headSha);
      };
      return { subject: s.branch, check };
    },
  },
  'pull-request-merged-in-git': {
    isSafe: true,
    make: async (s) => {
      const { remote } = await publish(s);
      remote('update-ref', 'refs/heads/main', s.headSha);
      const check = async () => {
        const rows = s.work.database.query.selectFrom('pullRequests').select(['state', 'mergedSha']);
        expect(await rows.where('workOrderId', '=', s.order.id).execute()).toEqual([
          { state: 'merged', mergedSha: s.headSha },
        ]);
      };
      return { subject: s.order.projectId, check };
    },
  },
  'repository-missing': {
    isSafe: false,
    make: async (s) => {
      renameSync(s.repository.path, `${s.repository.path}-moved`);
      return { subject: s.repository.path };
    },
  },
  'session-folder-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'sessions', newId(new Date()));
      return { subject: path, check: () => isAside(s, path) };
    },
  },
  'home-unknown': {
    isSafe: true,
    make: async (s) => {
      folder(s, 'homes', s.id);
      const path = folder(s, 'homes', '00000000');
      const check = () => {
        isAside(s, path);
        expect(existsSync(join(s.dataDirectory, 'homes', s.id))).toBe(true);
      };
      return { subject: path, check };
    },
  },
  'mirror-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'mirrors', `${newId(new Date())}.git`);
      return { subject: path, check: () => isAside(s, path) };
    },
  },
  'remote-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'remotes', `${newId(new Date())}.git`);
      return { subject: path, check: () => isAside(s, path) };
    },
  },
  'mirror-broken': {
    isSafe: false,
    make: async (s) => {
      const path = folder(s, 'mirrors', `${s.order.projectId}.git`);
      return { subject: path, check: () => isAside(s, path) };
    },
  },
  'mirror-draft-left': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'mirrors', `${newId(new Date())}.git.making-${crypto.randomUUID()}`);
      old(path);
      return { subject: path, check: () => expect(existsSync(path)).toBe(false) };
    },
  },
  'prepared-half-made': {
    isSafe: true,
    aheadMs: 30 * hourMs,
    make: async (s) => {
      const path = folder(s, 'prepared', s.order.projectId, 'half');
      return { subject: path, check: () => expect(existsSync(path)).toBe(false) };
    },
  },
  'prepared-of-unknown-project': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'prepared', newId(new Date()));
      return { subject: path, check: () => expect(existsSync(path)).toBe(false) };
    },
  },
  'set-aside-for-long': {
    isSafe: false,
    make: async (s) => {
      const path = folder(s, 'set-aside', 'home-00000000-20010101000000000');
      return { subject: path, check: () => expect(existsSync(path)).toBe(false) };
    },
  },
  'process-unknown': {
    isSafe: true,
    make: async (s) => {
      const name = newId(new Date());
      const handle = await startProcess({
        ...{ directory: join(s.dataDirectory, 'sessions', name), cwd: s.dataDirectory },
        ...{ argv: ['sh', '-c', 'sleep 600'], env: { PATH: process.env.PATH ?? '' } },
      });
      onTestFinished(async () => void (await stopProcess(handle, { graceMs: 0 })));
      return { subject: name, check: () => expect(existsSync(`/proc/${handle.pid}`)).toBe(false) };
    },
    aheadMs: 61_000,
  },
};

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', async (kind, one) => {
  const s = await scene(one.status);
  const { subject, check } = await one.make(s);
  const found = (await lookFor(s.machine, [kind], one.aheadMs)).filter((each) =>
    each.subject.includes(subject),
  );
  expect(found).toMatchObject([{ isSafe: one.isSafe, evidence: expect.stringMatching(/./) }]);
  const first = await reconcileKinds(s.machine, [kind], one.aheadMs);
  expect(first.repairFailures).toEqual([]);
  if (!one.isSafe) {
    const answer = { answer: 'repair' as const, answeredBy: 'human:test', answeredAt: new Date() };
    const rows = s.work.database.query.updateTable('drifts').set(answer).where('endedAt', 'is', null);
    await rows.where('kind', '=', kind).execute();
    expect((await reconcileKinds(s.machine, [kind], one.aheadMs)).repairFailures).toEqual([]);
  }
  await check?.();
  const left = (await lookFor(s.machine, [kind], one.aheadMs)).filter((each) =>
    each.subject.includes(subject),
  );
  expect(left).toHaveLength(check ? 0 : 1);
});

test('R-PIPE-14: many removals at once are held back until a person agrees', async () => {
  const s = await scene();
  const paths = ['00000001', '00000002', '00000003'].map((name) => folder(s, 'homes', name));
  const machine = { ...s.machine, undonePerMinuteMax: 2 };
  expect((await reconcileKinds(machine, ['home-unknown'])).repaired).toBe(0);
  expect(paths.every((path) => existsSync(path))).toBe(true);
  const open = s.work.database.query.selectFrom('drifts').select(['isSafe', 'evidence']);
  const rows = await open.where('kind', '=', 'home-unknown').where('endedAt', 'is', null).execute();
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ isSafe: false, evidence: expect.stringContaining('3 such removals') });
});
