// For tests: a process that records errors as fast as it can and prints each ID once the error is recorded. node
// recorder.fixture.ts URL DATA COUNT
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { TransientError } from '../../domain/failure.ts';
import { openDatabase } from '../../store/database.ts';
import { openErrorLog } from './open-error-log.ts';

const [url = '', dataDirectory = '', count = '0'] = process.argv.slice(2);
const logger = pino({ level: 'silent' });
const log = openErrorLog({
  database: openDatabase(url, { connectionsMax: 2 }),
  dataDirectory,
  logger,
  rowsMax: 20,
  everyMs: 5,
});
const resolveEvery = 3;
for (let n = 1; n <= Number(count); n += 1) {
  const recorded = log.record(
    new TransientError({
      code: 'PROBE',
      component: 'probe',
      operation: 'record',
      message: `Number ${n}`,
      metadata: { n },
    }),
  );
  if (n % resolveEvery === 0) recorded.resolved(true, n);
  writeSync(1, `${recorded.id}\n`);
  // Lets deliveries run in between.
  if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
}
setInterval(() => undefined, 1_000);
