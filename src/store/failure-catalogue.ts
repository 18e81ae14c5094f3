// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const storeFailures = catalogue('store', {
  ALERT_NOT_FOUND: {
    kind: 'permanent',
    message: '{howMany} matches "{given}".',
    advice: 'Run `moose alerts --all` to list all alerts.',
  },
  BACKUP_INVALID: {
    kind: 'permanent',
    message: 'The file is not a complete backup of Moose: {fault}.',
    advice:
      'Copy the file again from where it was made, make another backup, or use an older one. A file whose name ends in `.part` is left over from an interrupted backup: delete it.',
  },
  BACKUP_TOO_NEW: {
    kind: 'configuration',
    message:
      'The backup has migration {version} ("{name}"), which this Moose does not have: a newer or an unreleased Moose made it.',
    advice: 'Restore it with the version of Moose that made it, or with a newer one.',
  },
  BACKUP_TOO_OLD: {
    kind: 'configuration',
    message:
      'The backup has schema version {version}, and this Moose restores only version {summedUpVersion} and later.',
    advice:
      'Restore it into an empty directory with the Moose of commit {commit}, make a new backup there, and restore that one.',
  },
  CURSOR_INVALID: {
    kind: 'permanent',
    message: 'Invalid cursor: no page of {told} ended with it.',
    advice: 'Start again without a cursor.',
  },
  DATABASE_AWAY: {
    kind: 'transient',
    message: 'The database cannot be reached: {message}',
    advice: 'Start the database, or check MOOSE_DATABASE_URL; work resumes automatically once it is back.',
  },
  DATABASE_COMMIT_UNCLEAR: {
    kind: 'transient',
    message: 'The server is still running transaction {xid} although its connection is lost.',
    advice:
      'Check pg_stat_activity for what it is waiting for; a replica that must confirm commits may be unavailable.',
  },
  DATABASE_COMMIT_UNCLEAR_CRASHED: {
    kind: 'transient',
    code: 'DATABASE_COMMIT_UNCLEAR',
    message: 'The server crashed while transaction {xid} was committed, so nobody knows whether it was.',
    advice: 'Look at what is recorded, and do it again if it is not there. Moose does this for its own work.',
  },
  DATABASE_CONFLICT: {
    kind: 'transient',
    message: 'Two transactions conflicted: {message}',
    advice: 'Wait: Moose retries the transaction automatically.',
  },
  DATABASE_CROWDED: {
    kind: 'transient',
    message: 'The database accepts no more connections: {message}',
    advice:
      'Raise its max_connections, or end other programs that use it; work resumes automatically once there is room.',
  },
  DATABASE_EMPTY: {
    kind: 'configuration',
    message: 'The database is empty: no Moose has used it yet.',
    advice: 'Start `moose up`, which creates what it needs there, or check MOOSE_DATABASE_URL.',
  },
  DATABASE_EMPTY_DIRECTORY: {
    kind: 'configuration',
    code: 'DATABASE_EMPTY',
    message: 'There is no database in {dataDirectory}: no Moose has run there yet.',
    advice: 'Start `moose up`, which creates it, or choose another directory with --data or MOOSE_DATA.',
  },
  DATABASE_FOREIGN: {
    kind: 'configuration',
    message: 'The database belongs to another program: it contains {tables}. Nothing in it was changed.',
    advice:
      'Create one for Moose (`create database moose`) and name it in MOOSE_DATABASE_URL, or unset that variable to use the embedded database.',
  },
  DATABASE_INTERRUPTED: {
    kind: 'transient',
    message: 'The database interrupted a statement: {message}',
    advice:
      'Wait: Moose retries it. If it happens again and again, raise statement_timeout or lock_timeout for its role.',
  },
  DATABASE_NOT_USABLE: {
    kind: 'configuration',
    message: 'The database refused the connection: {message}',
    advice:
      'Check user, password and database name in MOOSE_DATABASE_URL, or unset it to use the embedded one.',
  },
  DATABASE_TAKES_NOTHING: {
    kind: 'transient',
    severity: 'high',
    message: 'The database is temporarily refusing work: {message}',
    advice:
      'Free space on its disk, or make it writable again; work resumes automatically once it accepts writes.',
  },
  DATABASE_TLS_REFUSED: {
    kind: 'configuration',
    message: 'The connection to the database cannot be trusted: {message}',
    advice:
      'Name the authority of its certificate: `…?sslmode=verify-full&sslrootcert=/path/ca.pem` in MOOSE_DATABASE_URL. A server without TLS needs an address without sslmode.',
  },
  DATA_DIRECTORY_UNUSABLE: {
    kind: 'configuration',
    message: 'The data directory {dataDirectory} cannot be created: {message}.',
    advice: 'Choose another directory with --data or MOOSE_DATA.',
  },
  DRIFT_NOT_FOUND: {
    kind: 'permanent',
    message: '{howMany} matches "{given}".',
    advice: 'Run `moose reconcile --plan` to list them.',
  },
  ERROR_AMBIGUOUS: {
    kind: 'permanent',
    message: 'More than one error matches "{given}".',
    advice: 'Type more characters of its id; `moose errors --all` lists all ids.',
  },
  ERROR_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no error "{given}".',
    advice: 'Run `moose errors --all` to list all errors.',
  },
  ESCALATION_AMBIGUOUS: {
    kind: 'permanent',
    message: 'More than one question matches "{given}".',
    advice: 'Type more characters of its id; `moose escalations` lists all ids.',
  },
  ESCALATION_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no question "{given}".',
    advice: 'Run `moose escalations --all` to list all questions.',
  },
  MIGRATION_CHANGED: {
    kind: 'configuration',
    message:
      'This database was created by an unreleased version of Moose: its migration {version} ("{name}"), or one before it, is a different one.',
    advice:
      'Use the version of Moose that created it, or start with a new data directory (--data) or another database (MOOSE_DATABASE_URL). Nothing in this one was changed.',
  },
  OLDER_MOOSE_RUNNING: {
    kind: 'transient',
    message:
      'An older version of Moose is using this database, which must be upgraded for this version: {running}.',
    advice:
      'Stop every `moose up` and `moose worker` of the older version, then start this one: it continues their work.',
  },
  PLAN_CHANGED: {
    kind: 'permanent',
    message:
      'The plan has changed: its newest version is {newest}, but this edit is based on version {after}.',
    advice: 'Read the newest version (`moose spec show {specId}`), and edit that one.',
  },
  PLAN_NOT_FOUND: {
    kind: 'permanent',
    message: 'The spec has no plan yet.',
    advice:
      'Run `moose spec plan {specId}` to have the Architect write one; `moose spec versions {specId}` lists them.',
  },
  PLAN_NOT_FOUND_VERSION: {
    kind: 'permanent',
    code: 'PLAN_NOT_FOUND',
    message: 'The spec has no plan of version {version}.',
    advice:
      'Run `moose spec plan {specId}` to have the Architect write one; `moose spec versions {specId}` lists them.',
  },
  POLICY_NOT_FOUND: {
    kind: 'permanent',
    message: '{howMany} matches "{given}".',
    advice: 'Run `moose config answers` to list them.',
  },
  RESTORE_FILE_INSIDE: {
    kind: 'configuration',
    message: 'The backup {path} is inside {directory}, the directory that it would replace.',
    advice: 'Move the file to another directory, and restore it from there. Nothing was changed.',
  },
  RESTORE_NEEDS_ITS_DIRECTORY: {
    kind: 'configuration',
    message:
      'The backup has the rows alone, without repositories, so it belongs into its own data directory, {madeIn}. {dataDirectory} is another one.',
    advice:
      'Name its own directory with --data, also if that was moved. For another directory, make a whole backup with `moose backup`.',
  },
  RESTORE_PLACE_TAKEN: {
    kind: 'configuration',
    message: 'A backup can be restored only into an empty directory or database, but {place}.',
    advice:
      'Choose another directory with --data; or, with the embedded database, use --force, which keeps the old directory under another name. For your own PostgreSQL, create another database.',
  },
  SCHEMA_TOO_NEW: {
    kind: 'configuration',
    message:
      'The database has schema version {version} ("{name}"), but this Moose supports versions up to {newest}: a newer Moose has used it.',
    advice:
      'Run the newer version of Moose, or point this one at another database with MOOSE_DATABASE_URL or --data.',
  },
  SCHEMA_TOO_OLD: {
    kind: 'configuration',
    message:
      'The database was created by an older Moose: it has schema version {version}, but this Moose requires {newest}.',
    advice: 'Start `moose up` of this version, which upgrades it, then run the command again.',
  },
  SCHEMA_TOO_OLD_ENGINE: {
    kind: 'configuration',
    code: 'SCHEMA_TOO_OLD',
    message: 'The database was last used by a Moose with another version of its durable engine.',
    advice: 'Start `moose up` of this version, which upgrades it, then run the command again.',
  },
  SPEC_AMBIGUOUS: {
    kind: 'permanent',
    message: 'More than one spec matches "{given}".',
    advice: 'Type more characters of its id; `moose spec` lists all ids.',
  },
  SPEC_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no spec "{given}".',
    advice: 'Run `moose spec` to list all specs.',
  },
  UPGRADE_TOO_FAR: {
    kind: 'configuration',
    message:
      'The database has schema version {version}, and this Moose upgrades from version {summedUpVersion} on. Nothing in it was changed.',
    advice:
      'Run `moose up` once with the Moose of commit {commit}, which upgrades it to version {summedUpVersion}, then start this one.',
  },
  WORK_ORDER_AMBIGUOUS: {
    kind: 'permanent',
    message: 'More than one work order matches "{given}".',
    advice: 'Type more characters of its id; `moose ls` lists all ids.',
  },
  WORK_ORDER_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no work order "{given}".',
    advice: 'Run `moose ls` to list the work orders.',
  },
  COUNTER_WENT_BACK: {
    kind: 'permanent',
    message: '{message}',
    reference: {
      message: 'Something tried to lower a counter of a work order, and the database refused.',
      advice: 'This is a bug in Moose: report it with the output of `moose show`.',
    },
  },
  DATABASE_REFUSED: {
    kind: 'permanent',
    message: '{message}',
    reference: {
      message: "PostgreSQL refused a statement; the message and `sqlstate` are PostgreSQL's own.",
      advice: 'Look up its code in the PostgreSQL documentation; the usual cause is a missing permission.',
    },
  },
  INVALID_STATE_TRANSITION: { kind: 'permanent', message: '{message}' },
  PRICE_CHANGED: {
    kind: 'permanent',
    message: '{message}',
    reference: {
      message: 'Something tried to change or remove a price, and the database refused.',
      advice: 'Set the price again in `MOOSE_PRICES`: it becomes another version, and the old one stays.',
    },
  },
  RESERVATION_INVALID: {
    kind: 'permanent',
    message: '{message}',
    reference: {
      message: 'A reservation must be above 0 dollars.',
      advice: 'This is a bug in Moose: report it with the output of `moose show`.',
    },
  },
  WORK_ORDER_PARKED: {
    kind: 'permanent',
    message: '{message}',
    reference: {
      message: 'Only a person can continue a parked work order.',
      advice: 'See with `moose show` why it was parked, then `moose retry` it.',
    },
  },
  FENCE_LOST: {
    kind: 'permanent',
    message: 'Run {runId} was taken over by another process.',
    reference: { advice: 'No action is needed: the other process continues the run.' },
  },
});
