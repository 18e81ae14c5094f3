// Each kind of drift between rows and branches, local or remote: made by hand, found, and repaired or asked about.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import {
  type MachineCase,
  machineScene,
  old,
  publish,
  removeCheckout,
  setEffect,
  tryMachineCase,
} from './machine-scene.fixture.ts';
import { lookFor, type Machine } from './scratch-reconcile.fixture.ts';

const shared = sharedDatabase();

const cases: Record<string, MachineCase> = {
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
};

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', (kind, one) =>
  tryMachineCase(shared(), kind, one),
);

test.each([
  ['open', 1],
  ['merged', 0],
  ['closed', 0],
] as const)(
  'R-SES-7: fear: a branch that a merge deleted is pushed again (%s on the forge)',
  async (state, drifts) => {
    const s = await machineScene(shared());
    const { remoteUrl, remote } = await publish(s);
    s.repository.git('remote', 'add', 'origin', remoteUrl);
    remote('update-ref', '-d', `refs/heads/${s.branch}`);
    const forge = { host: 'forge.example', findPullRequest: async () => ({ state }) };
    const forges = { of: async () => forge } as unknown as NonNullable<Machine['forges']>;
    const found = await lookFor({ ...s.machine, forges }, ['remote-branch-deleted']);
    expect(found.filter(({ workOrderId }) => workOrderId === s.order.id)).toHaveLength(drifts);
  },
);
