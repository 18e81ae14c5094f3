import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProcess } from '../start-process.ts';
import { IsolatedGround, outcomeOf, waysOfIsolation } from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, locksHere } from './isolation-way.ts';
import { viewFor } from './session-view.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** F_SETLEASE with F_WRLCK, and then F_GETFD, which has the same system call. */
const takeLease = `
  open my $file, '>', 'leased' or die; close $file; open $file, '<', 'leased' or die;
  print fcntl($file, 1024, 1) ? 'leased' : "refused " . ($! + 0), ' ', fcntl($file, 1, 0) ? 'open' : 'closed';`;

describe.each(await waysOfIsolation())('locked by the kernel, $title (R-SEC-5)', ({ kind, isPossible }) => {
  test.skipIf(!isPossible || locksHere().locks === null).each([
    ['held', {}, 'refused 1 open'],
    // Shows that the filter is needed: without it, the session gets the lease.
    ['not held', { locks: null }, 'leased open'],
  ])(
    'fear: with a lease on a file, a session makes everybody wait who opens that file: %s',
    async (_, given, said) => {
      const way = findWay(kind);
      if ('missing' in way) throw new Error(`${way.missing} is missing`);
      const directory = ground.scratch.directory();
      const cwd = join(ground.scratch.path, crypto.randomUUID());
      mkdirSync(cwd);
      const argv = ['/usr/bin/perl', '-e', takeLease] as const;
      const view = viewFor({
        sessionPath: directory,
        argv,
        env,
        cwd,
        userHome: '/nobody',
        granted: [],
        hidden: [],
        dataDirectory: ground.scratch.path,
        shown: [{ path: cwd, sight: 'write' }],
      });
      const words = enterNamespace({ ...way, ...given }, { argv, cwd, network: 'none', view });
      const handle = await startProcess({ directory, argv: words, env, cwd });
      await expect(outcomeOf(handle)).resolves.toMatchObject({ stdout: said, stderr: '' });
    },
  );
});
