import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { createKeyRing, keyFileName } from './key-ring.ts';

const ring = (dataDirectory: string, given?: string) => createKeyRing({ dataDirectory, given });

test('R-PROJ-5: processes that start at once make one key, which only its owner can read', async () => {
  const dataDirectory = scratchDirectory();
  const program = `import { createKeyRing } from ${JSON.stringify(new URL('./key-ring.ts', import.meta.url).href)};
    console.log((await createKeyRing({ dataDirectory: ${JSON.stringify(dataDirectory)} }).ensureOne()).id);`;
  const starters = [1, 2, 3, 4].map(() =>
    execa(process.execPath, ['--input-type=module', '--eval', program], { stdin: 'ignore' }),
  );
  const ids = (await Promise.all(starters)).map(({ stdout }) => stdout.trim());
  expect(new Set(ids).size).toBe(1);
  expect((await ring(dataDirectory).read()).map(({ id }) => id)).toEqual([ids[0]]);
  expect(statSync(join(dataDirectory, keyFileName)).mode & 0o777).toBe(0o600);
});

test('R-PROJ-5: reading makes no key, and a new one is added after the others', async () => {
  const keys = ring(scratchDirectory());
  expect(await keys.read()).toEqual([]);
  const first = await keys.ensureOne();
  const second = await keys.add();
  expect((await keys.read()).map(({ id }) => id)).toEqual([first.id, second.id]);
  expect((await keys.ensureOne()).id).toBe(second.id);
  expect(statSync(keys.path).mode & 0o777).toBe(0o600);
});

test('R-PROJ-5: a key that is brought over by the environment or by a file is the same key', async () => {
  const [here, there] = [ring(scratchDirectory()), scratchDirectory()];
  const made = await here.ensureOne();
  const text = readFileSync(here.path, 'utf8');
  expect((await ring(there, text.trim()).read()).map(({ id }) => id)).toEqual([made.id]);
  writeFileSync(join(there, keyFileName), text, { mode: 0o600 });
  expect((await ring(there).ensureOne()).id).toBe(made.id);
});

test('a key file that others can read, that is a link, or that holds no key is refused with what to do', async () => {
  const open = ring(scratchDirectory());
  await open.ensureOne();
  chmodSync(open.path, 0o644);
  await expect(open.read()).rejects.toMatchObject({
    code: 'SECRETS_KEY_INVALID',
    category: 'configuration',
    advice: expect.stringContaining('chmod 600'),
  });
  const linked = ring(scratchDirectory());
  symlinkSync(open.path, linked.path);
  await expect(linked.ensureOne()).rejects.toMatchObject({ code: 'SECRETS_KEY_INVALID' });
  const damaged = ring(scratchDirectory());
  writeFileSync(damaged.path, 'half a ke', { mode: 0o600 });
  await expect(damaged.ensureOne()).rejects.toMatchObject({ code: 'SECRETS_KEY_INVALID' });
  expect(readFileSync(damaged.path, 'utf8')).toBe('half a ke');
  const nowhere = ring('/proc/nowhere');
  await expect(nowhere.ensureOne()).rejects.toMatchObject({
    message: expect.stringContaining('cannot be written'),
  });
  await expect(ring(scratchDirectory(), 'no key').read()).rejects.toMatchObject({
    message: expect.stringContaining('MOOSE_SECRETS_KEY'),
  });
});
