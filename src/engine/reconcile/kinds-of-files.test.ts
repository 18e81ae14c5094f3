// Each kind of drift between the data directory and rows: made by hand, found, and repaired or asked about.
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId } from '../../domain/ids.ts';
import { startProcess } from '../../sessions/start-process.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import {
  folder,
  isAside,
  type MachineCase,
  machineScene,
  old,
  tryMachineCase,
} from './machine-scene.fixture.ts';
import { reconcileKinds } from './scratch-reconcile.fixture.ts';

const shared = sharedDatabase();
const hourMs = 3_600_000;

const cases: Record<string, MachineCase> = {
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
    aheadMs: 50 * hourMs,
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
        directory: join(s.dataDirectory, 'sessions', name),
        cwd: s.dataDirectory,
        argv: ['sh', '-c', 'sleep 600'],
        env: { PATH: process.env.PATH ?? '' },
      });
      onTestFinished(async () => void (await stopProcess(handle, { graceMs: 0 })));
      return { subject: name, check: () => expect(existsSync(`/proc/${handle.pid}`)).toBe(false) };
    },
  },
};

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', (kind, one) =>
  tryMachineCase(shared(), kind, one),
);

test('R-PIPE-14: many removals at once are held back until a person agrees', async () => {
  const s = await machineScene(shared());
  const paths = ['00000001', '00000002', '00000003'].map((name) => folder(s, 'homes', name));
  const machine = { ...s.machine, undonePerMinuteMax: 2 };
  expect((await reconcileKinds(machine, ['home-unknown'])).repaired).toBe(0);
  expect(paths.every((path) => existsSync(path))).toBe(true);
  const open = s.work.database.query.selectFrom('drifts').select(['isSafe', 'evidence']);
  const rows = await open.where('kind', '=', 'home-unknown').where('endedAt', 'is', null).execute();
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({ isSafe: false, evidence: expect.stringContaining('3 such removals') });
});
