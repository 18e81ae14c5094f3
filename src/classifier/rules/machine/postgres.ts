// PostgreSQL: failures of the infrastructure, whatever command used it.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, timedOut } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const postgresRules: readonly Rule[] = [
  {
    id: 'postgres.time',
    is: timedOut,
    precedence: base + 12,
    line: /canceling statement due to (?:statement|lock) timeout|due to (?:idle-in-transaction|idle-session|transaction) timeout|timeout expired|wegen Zeitüberschreitung|canceling authentication due to timeout/,
    from: 'postgres',
    sample: 'ERROR:  canceling statement due to statement timeout',
  },
  {
    id: 'postgres.passing',
    is: machinery.passing,
    precedence: base + 10,
    line: /too many clients already|due to administrator command|the database system is (?:starting up|shutting down|in recovery|not yet accepting)|deadlock detected|could not serialize access|server closed the connection unexpectedly|remaining connection slots|could not receive data from server|because of crash of another|too many connections for|could not obtain lock on|SSL connection has been closed|Connection terminated (?:unexpectedly|due to connection)|connection to server (?:was lost|at .{1,120} failed: Connection refused|on socket .{1,160} failed: Connection refused)|could not connect to server: Connection refused/,
    from: 'postgres, psql, node-postgres',
    sample: 'ERROR:  deadlock detected',
  },
  {
    id: 'postgres.settings',
    is: machinery.settings,
    precedence: base + 8,
    line: /authentication failed|no pg_hba\.conf entry|(?:database|role|relation|schema|column|table|function|type|extension|operator class|sequence) (?:"[^"]{1,120}"|[\w.(), ]{1,120}) (?:of relation "[^"]{1,80}" )?(?:does not exist|existiert nicht)|on socket .{1,160} failed: No such file or directory|permission denied for|could not translate host name|SSL error|is not permitted to log in|must be owner of|fe_sendauth|server does not support SSL|read-only transaction|must be superuser|extension "[^"]{1,80}" is not available|invalid port number|database files are incompatible|lock file "postmaster\.pid" already exists/,
    from: 'postgres, psql',
    sample: 'ERROR:  relation "lease" does not exist',
  },
  {
    id: 'postgres.full',
    is: machinery.full,
    precedence: base + 9,
    line: /could not (?:extend|write) .{1,120}No space left|out of shared memory|database or disk is full/,
    from: 'postgres, sqlite',
    sample: 'ERROR:  could not extend file "base/16384/16389": No space left on device',
  },
  {
    id: 'postgres.refused',
    is: machinery.refused,
    precedence: base + 4,
    line: /^(?:psql:[^\n]{0,200}: |error: )?(?:ERROR|FEHLER|ERREUR|FATAL): {2}(?:(?<code>[0-9A-Z]{5}): )?\S|violates (?:unique|foreign key|not-null|check|exclusion) constraint/,
    purposes: ['database'],
    from: 'psql',
    sample: 'ERROR:  insert or update on table "task" violates foreign key constraint "task_parent_fkey"',
  },
  {
    id: 'postgres.constraint',
    is: machinery.refused,
    precedence: base + 4,
    line: /violates (?:unique|foreign key|not-null|check|exclusion) constraint|(?:UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed|Duplicate entry '|ER_DUP_ENTRY/,
    from: 'postgres, sqlite, mysql',
    sample: 'Error: stepping, UNIQUE constraint failed: t.a (19)',
  },
];
