// fear: a server that refuses to start ends before anybody listens for its end, and Moose waits two minutes for it
// (R-BASE-1).
import { pbkdf2 } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { launchPostmaster } from './start/launch-postmaster.ts';

/** This many jobs keep the threads for file operations busy for a while, so that a file is closed late. */
const jobs = 8;
const rounds = 300_000;
const ownAccount = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

function keepFilesBusy(): void {
  for (let job = 0; job < jobs; job++) pbkdf2('a', 'b', rounds, 64, 'sha512', () => undefined);
}

test('a server that ends immediately is known to have ended, however late its log is closed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'moose-embedded-ends-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'postgres'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const launch = await launchPostmaster({
    directory,
    data: directory,
    account: ownAccount,
    port: 1,
    settings: {},
    signal: AbortSignal.timeout(40_000),
    binaries: {
      // This property is read just before the program is started.
      get native() {
        keepFilesBusy();
        return directory;
      },
    } as Parameters<typeof launchPostmaster>[0]['binaries'],
  });
  expect(launch).toMatchObject({ kind: 'exited', exitCode: 3 });
});
