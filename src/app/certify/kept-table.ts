// The tables of certified agents in Moose's data directory, one file for each agent and version.
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certification, certificationSchema } from '../../contract/contract.ts';
import { isMooseError } from '../../domain/failure.ts';
import { replaceFile } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { appFailures } from '../failure-catalogue.ts';

const folderName = 'certified';
const versionCharsMax = 80;

const folderOf = (dataDirectory: string, agent: string) => join(dataDirectory, folderName, agent);

/** The newest table of an agent; null if it was never certified here. @throws `CERTIFICATION_UNREADABLE` */
export async function lastTable(dataDirectory: string, agent: string): Promise<Certification | null> {
  const folder = folderOf(dataDirectory, agent);
  const tables: Certification[] = [];
  for (const name of await namesIn(folder)) {
    if (!name.endsWith('.json')) continue;
    tables.push(await readTable(join(folder, name)));
  }
  return tables.sort((one, other) => one.certified_at.localeCompare(other.certified_at)).at(-1) ?? null;
}

export async function keepTable(dataDirectory: string, table: Certification): Promise<void> {
  const folder = folderOf(dataDirectory, table.agent);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const path = join(folder, `${fileNameOf(table.version)}.json`);
  await replaceFile(path, `${JSON.stringify(table, null, 2)}\n`);
}

/** What a program says of its version may be any text. */
function fileNameOf(version: string | null): string {
  return (version ?? 'unknown')
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, versionCharsMax);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return [];
    throw appFailures.CERTIFICATION_UNREADABLE({ operation: 'read', cause }, { path: folder });
  }
}

async function readTable(path: string): Promise<Certification> {
  try {
    return certificationSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw appFailures.CERTIFICATION_UNREADABLE({ operation: 'read', cause }, { path });
  }
}

/** For `moose doctor`: what was last certified here, after the version; empty if nothing was. */
export async function certifiedText(dataDirectory: string, agent: string): Promise<string> {
  try {
    const table = await lastTable(dataDirectory, agent);
    if (table === null) return '';
    const { version, certified_at: at, counts } = table;
    const which = version === null ? '' : ` ${version}`;
    return `; certified${which} on ${at.slice(0, 10)}: ${counts.right} right, ${counts.tolerable} tolerable, ${counts.wrong} wrong`;
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    return `; ${cause.message}`;
  }
}
