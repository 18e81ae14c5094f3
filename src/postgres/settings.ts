// The server's settings: durable, small, quiet, and reachable only from this machine.

import { postgresFailures } from './failure-catalogue.ts';

const laptopSettings: Record<string, string> = {
  fsync: 'on',
  synchronous_commit: 'on',
  // A busy Moose process holds up to thirty connections; several of them and a person's psql fit.
  max_connections: '200',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  // The least for the segments of 16 MB that older versions of Moose made.
  min_wal_size: '32MB',
  jit: 'off',
  // No processes and no memory for what Moose does not use: reading ahead, replication, serializable transactions.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  max_pred_locks_per_transaction: '10',
  // Each commit writes its own log, so the log writer finds nothing: five times a second by default.
  wal_writer_delay: '10s',
  // A client whose machine vanished loses its locks after 60 + 3 x 10 s.
  tcp_keepalives_idle: '60',
  tcp_keepalives_interval: '10',
  tcp_keepalives_count: '3',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A failed start is classified by its SQLSTATE (%e).
  log_line_prefix: '%m [%p] %e ',
  // Failed statements are reported to their client; logging them here too would only fill the disk.
  log_min_messages: 'log',
  log_checkpoints: 'off',
};

/** The settings that keep the server private and say where the launcher finds it. */
const fixedSettings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

const launcherOwned = new Set([...Object.keys(fixedSettings), 'data_directory', 'log_line_prefix']);

export function serverSettings(wished: Record<string, string> = {}): Record<string, string> {
  const refused = Object.keys(wished).filter((name) => launcherOwned.has(name.toLowerCase()));
  if (refused.length > 0) {
    throw postgresFailures.EMBEDDED_SETTING_FIXED('start', { refused: refused.join(', ') });
  }
  return { ...laptopSettings, ...wished, ...fixedSettings };
}

export function settingArguments(settings: Record<string, string>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
