// Makes and restores backups of a data directory for the command line.

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackupManifest, PrintedDocument } from '../../contract/contract.ts';
import { rememberSecrets, secretsOf } from '../../domain/secrets/known-secrets.ts';
import { rememberBackup } from '../../store/backup/last-backup.ts';
import { openMoose, openServer } from '../compose.ts';
import { type Config, callersDirectory } from '../config/config.ts';
import { openLog } from '../log.ts';
import { makeBackup } from './make-backup.ts';
import { restoreBackup } from './restore-backup.ts';
import { verifyBackup } from './verify-backup.ts';

export function backupsOf(config: Config, signal: AbortSignal) {
  const absolute = (path: string) => resolve(callersDirectory() ?? process.cwd(), path);
  return {
    make: async (path: string): Promise<PrintedDocument<'backup'>> => {
      const { database, close } = await openMoose(config, signal, 'use');
      try {
        const { dataDirectory, engine } = config;
        const made = await makeBackup(
          {
            databaseUrl: database.url,
            dataDirectory,
            host: engine.host,
            path: absolute(path),
            now: new Date(),
          },
          signal,
        );
        const { bytes, manifest } = made;
        await database.run((query) =>
          rememberBackup(query, { path: made.path, host: engine.host, bytes, made_at: manifest.made_at }),
        );
        return { ...summaryOf(made.path, bytes, manifest), is_verified: false };
      } finally {
        await close();
      }
    },
    verify: async (path: string): Promise<PrintedDocument<'backup'>> => {
      const file = absolute(path);
      const manifest = await verifyBackup(file, signal);
      return { ...summaryOf(file, (await stat(file)).size, manifest), is_verified: true };
    },
    restore: async (
      path: string,
      { isForced }: { isForced: boolean },
    ): Promise<PrintedDocument<'restore'>> => {
      const file = absolute(path);
      const { dataDirectory, databaseUrl } = config;
      rememberSecrets(config.secrets);
      let release: () => Promise<void> = async () => undefined;
      const openDatabase = async () => {
        const log = openLog(config);
        const { url, embedded } = await openServer(config, 'prepare', log.logger, signal);
        rememberSecrets(secretsOf({ MOOSE_DATABASE_URL: url }));
        release = async () => {
          await embedded?.release();
          log.close();
        };
        return url;
      };
      try {
        const { manifest, keptAside, endedSessions, openWorkOrders } = await restoreBackup(
          { path: file, dataDirectory, isForced, now: new Date(), databaseUrl, openDatabase },
          signal,
        );
        return {
          ...summaryOf(file, (await stat(file)).size, manifest),
          data: dataDirectory,
          rows_only: manifest.rows_only === true,
          kept_aside: keptAside,
          ended_sessions: endedSessions,
          taken_up: openWorkOrders,
        };
      } finally {
        await release();
      }
    },
  };
}

function summaryOf(path: string, bytes: number, manifest: Omit<BackupManifest, 'parts'>) {
  const { made_at, moose_version, host, work_orders, tables, repositories } = manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { path, bytes, made_at, moose_version, host, work_orders, rows, repositories: repositories.length };
}
