// SQLite, MySQL, Redis and MongoDB: failures of the infrastructure, whatever command used them.
import { precedence, type Rule } from '../../match/rule.ts';
import { machinery, timedOut } from '../../verdicts.ts';

const { orchestration } = precedence;
const base = orchestration;

export const databaseRules: readonly Rule[] = [
  {
    id: 'sqlite.passing',
    is: machinery.passing,
    precedence: base + 10,
    line: /database (?:table )?is locked|(?<code>SQLITE_(?:BUSY|LOCKED)\w*)|database schema has changed/,
    from: 'sqlite',
    sample: 'Error: in prepare, database is locked (5)',
  },
  {
    id: 'sqlite.settings',
    is: machinery.settings,
    precedence: base + 8,
    line: /no such (?:table|column|function|module)|has no column named|unable to open database|file is not a database|readonly database|disk image is malformed|disk I\/O error|(?<code>SQLITE_(?:CANTOPEN|READONLY|NOTADB|CORRUPT)\w*)/,
    from: 'sqlite',
    sample: 'Error: in prepare, no such table: runs',
  },
  {
    id: 'sqlite.refused',
    is: machinery.refused,
    precedence: base + 2,
    line: /^(?:Error: (?:in prepare|near|stepping)|Parse error near line|Runtime error near|Parse error: (?:near|no such) |Runtime error: )|(?<code>SQLITE_(?:CONSTRAINT|ERROR|MISMATCH)\w*)/,
    from: 'sqlite',
    sample: 'Error: in prepare, near "slect": syntax error (1)',
  },
  {
    id: 'mysql.passing',
    is: machinery.passing,
    precedence: base + 10,
    line: /ERROR (?<code>1213|1040|2003|2006|2013|2002)\b|(?<code2>ER_LOCK_DEADLOCK|ER_CON_COUNT_ERROR|PROTOCOL_CONNECTION_LOST)|Lost connection to (?:MySQL|server)/,
    from: 'mysql, mariadb',
    sample: 'ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting transaction',
    reads: { errorCode: '1213' },
  },
  {
    id: 'mysql.time',
    is: timedOut,
    precedence: base + 12,
    line: /Lock wait timeout exceeded|max(?:imum |_)statement[ _\w]{0,20}time exceeded|ER_LOCK_WAIT_TIMEOUT/,
    from: 'mysql, mariadb',
    sample: 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction',
  },
  {
    id: 'mysql.settings',
    is: machinery.settings,
    precedence: base + 8,
    line: /ERROR (?<code>1045|1049|1044|1146|1054|1142|1698|2005|1130)\b|(?<code2>ER_(?:ACCESS_DENIED|BAD_DB|NO_SUCH_TABLE)\w*)|Access denied for user/,
    from: 'mysql, mariadb',
    sample: "ERROR 1045 (28000): Access denied for user 'moose'@'localhost' (using password: YES)",
    reads: { errorCode: '1045' },
  },
  {
    id: 'mysql.refused',
    is: machinery.refused,
    precedence: base + 2,
    line: /^ERROR (?<code>[13]\d{3}) \(\w{5}\)/,
    from: 'mysql, mariadb',
    sample: 'ERROR 1064 (42000): You have an error in your SQL syntax',
    reads: { errorCode: '1064' },
  },
  {
    id: 'redis.passing',
    is: machinery.passing,
    precedence: base + 8,
    line: /Could not connect to Redis|LOADING Redis|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|BUSY Redis|max number of clients reached|MaxRetriesPerRequestError/,
    from: 'redis',
    sample: 'Could not connect to Redis at 127.0.0.1:6399: Connection refused',
  },
  {
    id: 'redis.settings',
    is: machinery.settings,
    precedence: base + 7,
    line: /NOAUTH Authentication|WRONGPASS|NOPERM|READONLY You|OOM command not allowed|MISCONF|DENIED Redis/,
    from: 'redis',
    sample: '(error) NOAUTH Authentication required.',
  },
  {
    id: 'redis.refused',
    is: machinery.refused,
    precedence: base + 2,
    line: /WRONGTYPE Operation|ERR (?:unknown command|syntax|value is not|wrong number)/,
    from: 'redis',
    sample: '(error) WRONGTYPE Operation against a key holding the wrong kind of value',
  },
  {
    id: 'mongo.passing',
    is: machinery.passing,
    precedence: base + 8,
    line: /MongoNetworkError|MongoServerSelectionError|NotWritablePrimary|WriteConflict/,
    from: 'mongosh, mongodb',
    sample: 'MongoNetworkError: connect ECONNREFUSED 127.0.0.1:27017',
  },
];
