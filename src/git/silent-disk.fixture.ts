// For tests only: a disk behind which a process is, which a test makes silent, as a network disk whose server is away.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../test/e2e/eventually.fixture.ts';
import { signalGroup } from './run/git-process.ts';
import { diskElsewhere } from './run/on-disk.ts';

export interface SilentDisk {
  path: string;
  silence(): void;
  answerAgain(): void;
  close(): void;
}

/** A red test may block its own process: then this ends the disk. */
const lifeS = 180;

/** Null if this machine cannot mount one. */
export async function mountSilentDisk(directory: string): Promise<SilentDisk | null> {
  const at = (name: string) => join(directory, name);
  for (const name of ['lower', 'upper', 'work', 'disk']) mkdirSync(at(name));
  const layers = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`;
  const server: ChildProcess = spawn('fuse-overlayfs', ['-f', '-o', layers, at('disk')], { stdio: 'ignore' });
  const isGone = new Promise<boolean>((resolve) => {
    for (const end of ['exit', 'error']) server.once(end, () => resolve(true));
  });
  const path = at('disk');
  const mounted = eventually(async () => {
    if (diskElsewhere(path) !== path) throw new Error('The disk is not mounted yet');
  }, 10_000).then(() => false);
  if ((await Promise.race([isGone, mounted])) || server.pid === undefined) return null;
  const guard = spawn('sh', ['-c', `sleep ${lifeS}; kill -KILL ${server.pid}`], {
    stdio: 'ignore',
    detached: true,
  });
  guard.unref();
  return {
    path,
    silence: () => void server.kill('SIGSTOP'),
    answerAgain: () => void server.kill('SIGCONT'),
    close() {
      // What still waits for the disk gets an error.
      server.kill('SIGKILL');
      signalGroup(guard.pid, 'SIGKILL');
      execFileSync('umount', ['--lazy', path]);
    },
  };
}
