// PostgreSQL refuses to run as root, so under root it runs as an existing account; none is ever created.

import { readFile } from 'node:fs/promises';
import { databaseUrlAdvice } from '../embedded-failure.ts';
import { postgresFailures } from '../failure-catalogue.ts';

/** The account that runs the server's processes; `null` is Moose's own account. */
export type Account = { readonly uid: number; readonly gid: number } | null;

const candidateNames = ['postgres', 'nobody'];

/** `dataOwner` is the owner of an existing data directory: only that account can open it. */
export async function chooseAccount(dataOwner: { uid: number; gid: number } | null): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  if (dataOwner !== null && dataOwner.uid !== 0) return { uid: dataOwner.uid, gid: dataOwner.gid };
  const found = findAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (found !== null) return found;
  throw postgresFailures.EMBEDDED_NO_ACCOUNT('start', { databaseUrlAdvice });
}

/** Reads the format of /etc/passwd: name:password:uid:gid:... */
export function findAccount(passwd: string): Account {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  for (const name of candidateNames) {
    const row = rows.find((fields) => fields[0] === name);
    const uid = Number(row?.[2]);
    const gid = Number(row?.[3]);
    if (Number.isInteger(uid) && Number.isInteger(gid) && uid > 0) return { uid, gid };
  }
  return null;
}
