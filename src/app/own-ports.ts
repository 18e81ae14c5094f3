// Lists Moose's own ports on this machine: a session with access to the machine's network must not reach them
// (R-SEC-5).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAddress } from '../gateway/process/address-file.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import type { Config } from './config/config.ts';

const defaultDatabasePort = 5_432;

/** The ports of the interface, previews, gateways and database. Read for each session, because a port may have changed. */
export async function ownPorts(
  { dataDirectory, interfaces }: Pick<Config, 'dataDirectory' | 'interfaces'>,
  databaseUrl: string | null,
): Promise<number[]> {
  const gateways = join(dataDirectory, 'gateway');
  const addresses = (await unlessMissing(readdir(gateways), [])).map((name) =>
    readAddress(join(gateways, name)),
  );
  const ports = [
    interfaces.port,
    interfaces.previews?.port ?? null,
    portOf(await unlessMissing(readFile(join(dataDirectory, 'api-address'), 'utf8'), '')),
    databaseUrl === null ? null : (portOf(databaseUrl) ?? defaultDatabasePort),
    ...(await Promise.all(addresses)).map((address) => address?.port ?? null),
  ];
  return [...new Set(ports.filter((port): port is number => port !== null && port > 0))];
}

function portOf(address: string): number | null {
  if (!URL.canParse(address.trim())) return null;
  return Number(new URL(address.trim()).port) || null;
}

async function unlessMissing<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return otherwise;
    throw error;
  }
}
