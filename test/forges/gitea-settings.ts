// The settings of a Gitea for tests: it listens on loopback, keeps everything in one folder, and calls nobody.
import { join } from 'node:path';

export function settingsOfGitea({
  folder,
  port,
  user,
}: {
  folder: string;
  port: number;
  user: string;
}): string {
  return `APP_NAME = A forge of tests
RUN_MODE = prod
RUN_USER = ${user}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = ${folder}

[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
DISABLE_SSH = true
OFFLINE_MODE = true
LFS_START_SERVER = false

[database]
DB_TYPE = sqlite3
PATH = ${join(folder, 'gitea.db')}
SQLITE_JOURNAL_MODE = WAL
; On a busy machine, half a second is too short; a lost event of a push then starts no CI and finds no conflict.
SQLITE_TIMEOUT = 30000

[security]
INSTALL_LOCK = true
SECRET_KEY = of-tests
; The default takes half a second of computing for each password.
PASSWORD_HASH_ALGO = pbkdf2_v1

[service]
DISABLE_REGISTRATION = true

[repository]
ROOT = ${join(folder, 'repositories')}

[webhook]
; Else it refuses to call the tests.
ALLOWED_HOST_LIST = loopback

[actions]
ENABLED = true

[session]
PROVIDER = memory

[queue]
TYPE = channel

[indexer]
ISSUE_INDEXER_TYPE = db

[mailer]
ENABLED = false

[log]
LEVEL = Error

[cron.update_checker]
ENABLED = false
`;
}
