// A file that cannot be read is an error and does not count as missing: otherwise a new cluster would be created over
// an existing one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { replaceFile } from '../stdx/files/durable-files.ts';
import { findBinaryPackage, prepareBinaries } from './binaries/binaries.ts';
import { hasAllLinks, recreateLinks } from './binaries/binary-links.ts';
import { findHome } from './home.ts';
import { choosePort } from './port.ts';
import { connectPresence } from './presence.ts';
import { readPrivateFile } from './private-file.ts';
import { probeEmbedded } from './probe-embedded.ts';
import { chooseAccount, findAccount } from './start/account.ts';
import { readClusterMajor, refuseOtherMajor } from './start/cluster.ts';
import { findPostmaster, setStaleFileAside } from './start/postmaster-file.ts';
import { withStartLock } from './start/start-lock.ts';
import { sendSignal } from './start/stop-postmaster.ts';

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-embedded-odd-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const nameTooLong = 'x'.repeat(300);

test('a private file that cannot be read does not count as absent, and a failed write leaves nothing behind', async () => {
  const directory = scratch();
  expect(await readPrivateFile(join(directory, 'absent'))).toBeNull();
  await expect(readPrivateFile(directory)).rejects.toMatchObject({ code: 'EISDIR' });
  mkdirSync(join(directory, 'taken'));
  await expect(replaceFile(join(directory, 'taken'), 'x')).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(replaceFile(join(directory, nameTooLong), 'x')).rejects.toMatchObject({
    code: 'ENAMETOOLONG',
  });
  expect(readdirSync(directory)).toEqual(['taken']);
});

test('a data directory whose files cannot be read does not count as empty', async () => {
  const directory = scratch();
  mkdirSync(join(directory, 'postmaster.pid'));
  mkdirSync(join(directory, 'PG_VERSION'));
  await expect(findPostmaster(directory)).rejects.toMatchObject({ code: 'EISDIR' });
  await expect(readClusterMajor(directory)).rejects.toBeInstanceOf(Error);
  await expect(findHome(join(directory, nameTooLong))).rejects.toBeInstanceOf(Error);
});

test('a PID file without a valid number does not count as a server', async () => {
  const directory = scratch();
  writeFileSync(join(directory, 'postmaster.pid'), 'half\n');
  expect(await findPostmaster(directory)).toBeNull();
});

test('links of the binaries that cannot be created are reported', async () => {
  const directory = scratch();
  await expect(recreateLinks(join(directory, nameTooLong))).rejects.toBeInstanceOf(Error);
  await expect(hasAllLinks(join(directory, nameTooLong))).rejects.toBeInstanceOf(Error);
});

test('a port that somebody has taken in the meantime is not chosen again', async () => {
  const directory = scratch();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  const taken = typeof address === 'object' && address ? address.port : 0;
  await replaceFile(join(directory, 'port'), `${taken}\n`);
  expect(await choosePort(directory)).not.toBe(taken);
});

test('the account is one that exists and is not root', async () => {
  expect(findAccount('root:x:0:0::/:\nnobody:x:65534:65534::/:\n')).toEqual({ uid: 65534, gid: 65534 });
  expect(findAccount('root:x:0:0\npostgres:x:0:0\nnobody:x::\n')).toBeNull();
  if (process.getuid?.() === 0) expect(await chooseAccount({ uid: 7, gid: 8 })).toEqual({ uid: 7, gid: 8 });
  else expect(await chooseAccount({ uid: 7, gid: 8 })).toBeNull();
});

test('a signal to a process that has ended is ignored, and a signal that cannot be sent is reported', () => {
  const pidMax = 4_194_304;
  expect(() => sendSignal(pidMax + 1, 'SIGTERM')).not.toThrow();
  expect(() => sendSignal(process.pid, 'SIGODD' as NodeJS.Signals)).toThrow();
});

test('a cluster of another version is refused', () => {
  const carried = { major: 18 } as Parameters<typeof refuseOtherMajor>[2];
  expect(() => refuseOtherMajor('data', 17, carried)).toThrow(
    expect.objectContaining({ category: 'configuration' }),
  );
  expect(() => refuseOtherMajor('data', null, carried)).not.toThrow();
});

test('links without a target folder are reported, and so is an invalid list of links', async () => {
  const native = join(scratch(), 'native');
  mkdirSync(native);
  const list = (links: unknown) => writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  list([{ source: 'native/lib/a.so.1', target: 'native/missing/a.so' }]);
  await expect(recreateLinks(native)).rejects.toMatchObject({ code: 'ENOENT' });
  list([{ source: 'native/lib/a.so.1', target: '../elsewhere' }]);
  await expect(recreateLinks(native)).rejects.toThrow('outside the PostgreSQL package');
  writeFileSync(join(native, 'pg-symlinks.json'), 'half [');
  const source = { native, packageVersion: '18.0.0', major: 18 };
  const options = { account: null, home: scratch(), signal: undefined };
  await expect(prepareBinaries(source, options)).rejects.toThrow(SyntaxError);
});

test('a start lock that cannot be created is reported, and nothing is started', async () => {
  let isStarted = false;
  const start = withStartLock(join(scratch(), 'missing'), undefined, async () => {
    isStarted = true;
  });
  await expect(start).rejects.toMatchObject({ code: 'EMBEDDED_LOCK_UNUSABLE' });
  expect(isStarted).toBe(false);
});

test('a machine without a PostgreSQL package gets an error with advice; a bug is not hidden that way', async () => {
  const { arch } = process;
  onTestFinished(() => void Object.defineProperty(process, 'arch', { value: arch }));
  Object.defineProperty(process, 'arch', { value: 'pdp11' });
  expect(() => findBinaryPackage()).toThrow(expect.objectContaining({ code: 'EMBEDDED_BINARIES_MISSING' }));
  expect(await probeEmbedded()).toEqual({
    version: null,
    advice: expect.stringContaining('MOOSE_DATABASE_URL'),
  });
  const defect = () => {
    throw new RangeError('a defect');
  };
  await expect(probeEmbedded(defect)).rejects.toThrow(RangeError);
});

test('a file in place of the data directory does not count as an empty directory', async () => {
  const path = join(scratch(), 'data');
  writeFileSync(path, '');
  await expect(readClusterMajor(path)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('another server on the port is not mistaken for ours', async () => {
  const { port, password } = new URL(inject('databaseServerUrl'));
  const given = { port: Number(port), password, data: '/elsewhere', signal: undefined };
  await expect(connectPresence(given)).rejects.toMatchObject({ code: 'EMBEDDED_OTHER_SERVER' });
  await expect(connectPresence({ ...given, password: 'wrong' })).rejects.toBeInstanceOf(Error);
});

test.runIf(process.platform === 'linux')(
  'fear: a dead server that was never reaped blocks every later start (R-BASE-1)',
  async () => {
    const directory = scratch();
    // Its parent never collects its exit status, like the first process of many containers.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8');
    await expect.poll(stat).toMatch(/\) Z /);
    writeFileSync(join(directory, 'postmaster.pid'), `${pid}\n${directory}\n`);
    expect(await findPostmaster(directory)).toBeNull();
    await setStaleFileAside(directory);
    expect(readdirSync(directory)).toEqual(['postmaster.pid.stale']);
  },
);
