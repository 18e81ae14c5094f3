// Makes `test/fixtures/github/*.json`: GitHub's description of the operations and webhooks that Moose uses, without
// prose. `--write` writes the files; otherwise they are compared. The packages are fetched into a scratch folder,
// because they have 400 MB.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractOperations, extractWebhooks, type OpenApi, printExtract } from './github-contract/extract.ts';
import { extractGraphql, type Introspection, printGraphql } from './github-contract/extract-graphql.ts';
import { graphql, operations, sources, webhooks } from './github-contract/wanted.ts';

const folder = new URL('../test/fixtures/github/', import.meta.url);

function describedBy<Described = OpenApi>(
  { name, version, path }: (typeof sources)[keyof typeof sources],
  scratch: string,
): Described {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--silent'], {
      cwd: scratch,
      encoding: 'utf8',
    }),
  ) as { filename: string }[];
  if (!packed) throw new Error(`npm packed nothing for ${name}@${version}`);
  execFileSync('tar', ['xzf', packed.filename, `package/${path}`], { cwd: scratch });
  return JSON.parse(readFileSync(join(scratch, 'package', path), 'utf8')) as Described;
}

const scratch = mkdtempSync(join(tmpdir(), 'github-contract-'));
try {
  const made = {
    'operations.json': printExtract(
      sources.operations,
      extractOperations(describedBy(sources.operations, scratch), operations),
    ),
    'webhooks.json': printExtract(
      sources.webhooks,
      extractWebhooks(describedBy(sources.webhooks, scratch), webhooks),
    ),
    'graphql.json': printGraphql(
      extractGraphql(
        `${sources.graphql.name}@${sources.graphql.version}`,
        describedBy<Introspection>(sources.graphql, scratch),
        graphql,
      ),
    ),
  };
  for (const [file, text] of Object.entries(made)) {
    const path = new URL(file, folder);
    if (process.argv.includes('--write')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.exitCode = 1;
      process.stderr.write(
        `${file} differs from the packages: run this with --write, and review the change\n`,
      );
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
