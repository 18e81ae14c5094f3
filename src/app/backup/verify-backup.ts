// Reads a whole backup: it is complete if every part has the checksum in the manifest.
import { createHash } from 'node:crypto';
import { type BackupManifest, backupManifestSchema } from '../../contract/health/backups.ts';
import { backupInvalid } from '../../store/backup/backup-failure.ts';
import { readArchive } from './archive-reader.ts';
import { manifestName, partPath, repositoryPath, tablePath } from './entries.ts';

export const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** @throws PermanentError `BACKUP_INVALID` */
export async function verifyBackup(path: string, signal: AbortSignal): Promise<BackupManifest> {
  const found: BackupManifest['parts'] = [];
  let manifest: BackupManifest | undefined;
  for await (const { name, content } of readArchive(path, signal)) {
    if (manifest) throw backupInvalid('something follows its manifest');
    if (name === manifestName) manifest = readManifest(content);
    else found.push({ name, bytes: content.length, sha256: hashOf(content) });
  }
  if (!manifest) throw backupInvalid('it has no manifest, so it was not finished');
  const { parts } = manifest;
  if (parts.length !== found.length) throw backupInvalid('parts are missing or were added');
  for (const [at, part] of parts.entries()) {
    const { name, bytes, sha256 } = found[at] ?? part;
    if (name !== part.name || bytes !== part.bytes || sha256 !== part.sha256)
      throw backupInvalid(`${part.name} was changed`);
  }
  assertListed(manifest);
  return manifest;
}

function readManifest(content: Buffer): BackupManifest {
  try {
    return backupManifestSchema.parse(JSON.parse(content.toString('utf8')));
  } catch (cause) {
    throw backupInvalid('its manifest is damaged, or another version of Moose wrote it', cause);
  }
}

/** The parts of the tables, then those of the repositories, in the manifest's order. */
function assertListed({ tables, repositories, parts }: BackupManifest): void {
  const names = function* () {
    for (const table of tables) yield* partNames(tablePath(table), table.parts);
    for (const repository of repositories) yield* partNames(repositoryPath(repository), repository.parts);
  };
  let at = 0;
  for (const name of names())
    if (parts[at++]?.name !== name) throw backupInvalid(`${name} is not where its manifest says`);
  if (at !== parts.length) throw backupInvalid('it has unknown parts');
}

function* partNames(folder: string, count: number): Generator<string> {
  for (let number = 0; number < count; number++) yield partPath(folder, number);
}
