// fear: a blocked install script or a private directory makes PostgreSQL's programs unusable, and the failure says
// nothing.

import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type BinaryPackage, findBinaryPackage } from './binaries/binaries.ts';
import { recreateLinks } from './binaries/binary-links.ts';
import { embeddedServer } from './embedded-server.ts';
import { probeEmbedded } from './probe-embedded.ts';
import { copyWithoutLinks, query, quick, scratch, scratchWithCluster, starter } from './scratch.fixture.ts';
import { bringUp } from './start/bring-up.ts';

const isRoot = process.getuid?.() === 0;
const found = findBinaryPackage();
const at = (native: string): BinaryPackage => ({ ...found, native });
const nobody = { uid: 65_534, gid: 65_534 };

async function startWith(native: string, directory: string) {
  const machine = { findBinaryPackage: () => at(native), relocationRoot: () => '/nonexistent' };
  return embeddedServer(await bringUp(machine, { directory, settings: quick }));
}

const one = 'SELECT 1 AS one';

test('links that a blocked install script left out are created at the start', async () => {
  const native = copyWithoutLinks(found.native, join(scratch(), 'native'));
  const directory = await scratchWithCluster();
  expect(existsSync(join(native, 'lib', 'libicuuc.so.60'))).toBe(false);
  const server = await startWith(native, directory);
  expect(await query(server.url, one)).toEqual([{ one: 1 }]);
  expect(existsSync(join(native, 'lib', 'libicuuc.so.60'))).toBe(true);
  expect(copies(directory)).toEqual([]);
  await server.stop();
});

test.runIf(isRoot)(
  'programs that the account cannot read are copied once to a place where it can',
  async () => {
    const closed = join(scratch(), 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const native = copyWithoutLinks(found.native, join(closed, 'native'));
    const directory = await scratchWithCluster();
    const first = await startWith(native, directory);
    expect(await query(first.url, one)).toEqual([{ one: 1 }]);
    await first.stop();
    const copy = join(directory, `binaries-${found.packageVersion}`);
    expect(copies(directory)).toEqual([`binaries-${found.packageVersion}`]);
    const madeAtMs = statSync(copy).ctimeMs;
    expect(statSync(closed).mode & 0o777).toBe(0o700);

    const second = await startWith(native, directory);
    expect(statSync(copy).ctimeMs).toBe(madeAtMs);
    await second.stop();
  },
);

test.runIf(isRoot)('a read-only package is completed in a copy', async (context) => {
  const native = copyWithoutLinks(found.native, join(scratch(), 'native'));
  const directory = scratch();
  chmodSync(directory, 0o777);
  const child = starter({ directory: join(directory, 'embedded'), settings: quick, native }, nobody);
  const said = await child.said();
  if (said.url === undefined && said.code === undefined)
    context.skip('this checkout is closed to other accounts');
  expect(said).toMatchObject({ wasAdopted: false, uid: nobody.uid });
  expect(await query(said.url, one)).toEqual([{ one: 1 }]);
  expect(existsSync(join(native, 'lib', 'libicuuc.so.60'))).toBe(false);
  expect(copies(join(directory, 'embedded'))).toHaveLength(1);
  child.child.stdin?.write('stop\n');
  await child.said();
});

test('an unfinished copy, or a copy of another version, is replaced', async () => {
  const broken = join(scratch(), 'native');
  mkdirSync(join(broken, 'bin'), { recursive: true });
  const directory = await scratchWithCluster();
  mkdirSync(join(directory, 'binaries-17.0.0', 'bin'), { recursive: true });
  mkdirSync(join(directory, `binaries-${found.packageVersion}.unfinished`));
  const failure = await startWith(broken, directory).catch((cause) => cause);
  expect(failure).toMatchObject({ isMooseError: true, advice: expect.any(String) });
  expect(copies(directory)).toEqual([]);
});

test('programs that do not run on this machine cause an error with advice, not a crash', async () => {
  const directory = await scratchWithCluster();
  const native = foreignBinaries();
  const failure = await startWith(native, directory).catch((cause) => cause);
  expect(failure).toMatchObject({ code: 'EMBEDDED_BINARIES_UNUSABLE', category: 'configuration' });
  expect(failure.metadata.outputTail).toContain('cannot open shared object file');
});

test('a list of links that point outside their package is refused', async () => {
  const native = join(scratch(), 'native');
  mkdirSync(native);
  const list = [{ source: 'native/lib/a', target: 'native/../../outside' }];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(list));
  await expect(recreateLinks(native)).rejects.toThrow('outside the PostgreSQL package');
});

test('existing links are left unchanged', async () => {
  const native = join(scratch(), 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  const list = [{ source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so' }];
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(list));
  symlinkSync('elsewhere', join(native, 'lib', 'liba.so'));
  await Promise.all([recreateLinks(native), recreateLinks(native)]);
  expect(readdirSync(join(native, 'lib'))).toEqual(['liba.so']);
});

test('the probe reports the version if the server could start, and advice if it could not', async () => {
  expect(await probeEmbedded()).toEqual({ version: '18.4', advice: null });
  const unlinked = copyWithoutLinks(found.native, join(scratch(), 'native'));
  expect(await probeEmbedded(() => at(unlinked))).toEqual({ version: found.packageVersion, advice: null });
  expect(existsSync(join(unlinked, 'lib', 'libicuuc.so.60'))).toBe(false);
  expect(await probeEmbedded(() => at(foreignBinaries()))).toEqual({
    version: null,
    advice: expect.stringContaining('MOOSE_DATABASE_URL'),
  });
});

/** A package of programs whose libraries this machine does not have, and whose links are not listed. */
function foreignBinaries(): string {
  const native = copyWithoutLinks(found.native, join(scratch(), 'native'));
  writeFileSync(join(native, 'pg-symlinks.json'), '[]');
  return native;
}

function copies(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.startsWith('binaries-'));
}
