// A backup whose parts are whole, but are not those that its manifest lists, is refused.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { BackupManifest } from '../../contract/contract.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { openArchive } from './archive-writer.ts';
import { never } from './backup.fixture.ts';
import { blockBytes } from './entries.ts';
import { verifyBackup } from './verify-backup.ts';

const tableOf = (name: string) => ({ schema: 'public', name, columns: ['id'], rows: 1, parts: 1 });

async function* rows(): AsyncGenerator<Buffer> {
  yield Buffer.from('1\n');
}

/** A backup with one part, of the table `a`. */
async function backupOf(tables: BackupManifest['tables']): Promise<string> {
  const path = join(scratchDirectory(), 'backup.tar.gz');
  const archive = await openArchive(path);
  await archive.add('tables/public.a', rows());
  await archive.finish({
    ...({ format: 'moose-backup', version: 1 } as const),
    made_at: new Date().toISOString(),
    moose_version: '9.9.9',
    host: 'alpha',
    data_directory: '/srv/moose',
    server_version: '18.4',
    migrations: [{ version: 1, name: 'one', checksum: '0'.repeat(64) }],
    work_orders: { all: 0, open: 0 },
    tables,
    sequences: [],
    repositories: [],
  });
  await archive.close();
  return path;
}

/** Writes the two entries of the backup, the part and the manifest, in another way. */
function rearranged(path: string, arrange: (part: Buffer, manifest: Buffer) => Buffer[]): void {
  const tar = gunzipSync(readFileSync(path));
  // Each has one block for its name, and the part has one for its content.
  const manifestAt = 2 * blockBytes;
  const end = tar.length - 2 * blockBytes;
  const entries = arrange(tar.subarray(0, manifestAt), tar.subarray(manifestAt, end));
  writeFileSync(path, gzipSync(Buffer.concat([...entries, tar.subarray(end)])));
}

test('R-DIST-5: a backup with the parts that its manifest lists is whole', async () => {
  const path = await backupOf([tableOf('a')]);
  rearranged(path, (part, manifest) => [part, manifest]);
  expect((await verifyBackup(path, never)).tables).toEqual([tableOf('a')]);
});

test.each<[string, string, string, (part: Buffer, manifest: Buffer) => Buffer[]]>([
  ['without a manifest', 'a', 'no manifest', (part) => [part]],
  [
    'with something after its manifest',
    'a',
    'follows its manifest',
    (part, manifest) => [part, manifest, manifest],
  ],
  ['without its part', 'a', 'missing or were added', (_, manifest) => [manifest]],
  [
    'with the part of another table',
    'b',
    'not where its manifest says',
    (part, manifest) => [part, manifest],
  ],
  ['with a part of no table', '', 'unknown parts', (part, manifest) => [part, manifest]],
])('R-DIST-5: fear: a backup %s is taken for whole', async (_, table, because, arrange) => {
  const path = await backupOf(table === '' ? [] : [tableOf(table)]);
  rearranged(path, arrange);
  await expect(verifyBackup(path, never)).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
    message: expect.stringContaining(because),
  });
});
