// Builds the pages of Mission Control into `web/dist`, from where the server serves them.
//   node scripts/build-web.ts [--if-changed] [--quiet]
// With `--quiet`, as while npm installs, it prints only errors and warnings.
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const { values: asked } = parseArgs({
  options: { 'if-changed': { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false } },
});

if (!asked['if-changed'] || isStale()) {
  await build({ root: join(root, 'web'), logLevel: 'warn' });
  if (!asked.quiet) process.stdout.write('Built the pages of Mission Control into web/dist.\n');
}

/** Pages import from the contract, which imports from other folders of the sources. */
function isStale(): boolean {
  const builtMs = statSync(join(root, 'web/dist/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = globSync(['web/*.*', 'web/{src,public}/**/*.*', 'src/**/*.ts', 'package-lock.json'], {
    cwd: root,
  });
  return sources.some((path) => statSync(join(root, path)).mtimeMs >= builtMs);
}
