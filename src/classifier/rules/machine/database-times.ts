// Timeouts of databases, connection pools and clients: a statement, a lock or a connection took too long.
import { precedence, type Rule } from '../../match/rule.ts';
import { timedOut } from '../../verdicts.ts';

const base = precedence.orchestration + 13;

export const databaseTimeRules: readonly Rule[] = [
  {
    id: 'mysql.statement-time',
    is: timedOut,
    precedence: base,
    line: /^ERROR (?<code>3024|1205|1969|1907)\b|(?<code2>ER_QUERY_TIMEOUT)|maximum statement execution time exceeded/,
    near: [/^ERROR \d{4} \(\w{5}\) at line (?<line>\d{1,6})/],
    from: 'mysql, mariadb',
    sample: 'ERROR 3024 (HY000): Query execution was interrupted, maximum statement execution time exceeded',
    reads: { errorCode: '3024' },
  },
  {
    id: 'pgbouncer.time',
    is: timedOut,
    precedence: base,
    line: /\b(?:FATAL|ERROR|error): .{0,60}\b(?:query_wait|query|client_login|idle_transaction|server_connect)_timeout\b/,
    from: 'pgbouncer',
    sample: 'psql: error: connection to server at "pool", port 6432 failed: FATAL:  query_wait_timeout',
  },
  {
    id: 'sqlserver.time',
    is: timedOut,
    precedence: base,
    line: /timeout period elapsed|Lock request time out period exceeded|Query timeout expired/,
    near: [/\bMsg (?<code>-2|1222)\b/, /\bError Number: ?(?<code>-2|1222)\b/],
    from: 'SQL Server: sqlcmd, SqlClient',
    sample:
      'Microsoft.Data.SqlClient.SqlException: Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation',
  },
  {
    id: 'mongo.time',
    is: timedOut,
    precedence: base,
    line: /(?<code>MaxTimeMSExpired|ExceededTimeLimit|LockTimeout)\b|operation exceeded time limit|waitQueueTimeoutMS|WaitQueueTimeoutError/,
    from: 'mongosh, mongodb',
    sample: 'MongoServerError[MaxTimeMSExpired]: operation exceeded time limit',
    reads: { errorCode: 'MaxTimeMSExpired' },
  },
  {
    id: 'oracle.time',
    is: timedOut,
    precedence: base,
    line: /\b(?<code>ORA-(?:02049|30006|00051|03136|12170|12609))\b/,
    from: 'oracle',
    sample: 'ORA-02049: timeout: distributed transaction waiting for lock',
    reads: { errorCode: 'ORA-02049' },
  },
  {
    id: 'database-pool.time',
    is: timedOut,
    precedence: base,
    line: /Timeout acquiring a connection|Connection is not available, request timed out|Timed out fetching a new connection|QueuePool limit of size.{0,120}timed out|\((?<code>TIMEOUT_EXCEEDED)\)|\b(?<code2>EXCEEDED_TIME_LIMIT)\b|statement or warehouse timeout/,
    from: 'knex, HikariCP, Prisma, SQLAlchemy, ClickHouse, Trino, Snowflake',
    sample: 'KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full.',
  },
];
