// fear: a data directory that an older version of Moose made, with log segments of 16 MB, no longer starts.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinaryPackage, prepareBinaries } from './binaries/binaries.ts';
import { serverEnvironment } from './binaries/run-program.ts';
import { query, quick, scratchWithCluster } from './scratch.fixture.ts';
import { startEmbedded } from './start/start-embedded.ts';

test.each([
  ['a new data directory has small segments', '4MB', false],
  ['one with large segments starts as before', '16MB', true],
])('%s', async (_, size, isOlder) => {
  const directory = await scratchWithCluster();
  if (isOlder) await makeOlder(directory);
  for (let start = 1; start <= 2; start++) {
    const server = await startEmbedded({ directory, settings: quick });
    expect(await query(server.url, 'SHOW wal_segment_size')).toEqual([{ wal_segment_size: size }]);
    await server.stop();
  }
});

async function makeOlder(directory: string): Promise<void> {
  const data = join(directory, 'data');
  const { uid, gid } = statSync(data);
  const account = process.getuid?.() === 0 ? { uid, gid } : null;
  rmSync(data, { recursive: true });
  mkdirSync(data, { mode: 0o700 });
  chownSync(data, uid, gid);
  const given = { account, home: directory, signal: undefined };
  const { native } = await prepareBinaries(findBinaryPackage(), given);
  const options = [`--pgdata=${data}`, '--username=moose', '--auth=trust', '--no-sync', '--wal-segsize=16'];
  execFileSync(join(native, 'bin', 'initdb'), options, { ...account, cwd: '/', env: serverEnvironment });
}
