// Writes the recorded webhooks that the tests read: those of `@octokit/webhooks-examples` (MIT), fetched from the npm
// registry into a scratch folder.
//   npx node scripts/github-webhooks.ts

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const recorded = '@octokit/webhooks-examples@7.6.1';
const target = 'test/fixtures/github-webhooks.json.gz';

const scratch = await mkdtemp(join(tmpdir(), 'moose-webhooks-'));
try {
  const given = { cwd: scratch, encoding: 'utf8' } as const;
  const packed = execFileSync('npm', ['pack', '--silent', recorded], given).trim();
  execFileSync('tar', ['-xzf', packed], given);
  const path = join(scratch, 'package/api.github.com/index.json');
  const events = JSON.parse(await readFile(path, 'utf8')) as Array<{ name: string; examples: object[] }>;
  const payloads = events.flatMap(({ name, examples }) =>
    examples.map((payload) => ({ event: name, payload })),
  );
  await writeFile(target, gzipSync(JSON.stringify(payloads), { level: 9 }));
  process.stdout.write(`${payloads.length} payloads of ${events.length} events in ${target}\n`);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
