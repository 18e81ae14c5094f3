// The published packages that the benchmark reads, fetched once with the clients of their registries.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Source {
  name: string;
  /** True for packages that were used to choose the weights; only the figures of the others count. */
  isForTuning: boolean;
  fetch(into: string): void;
  /** Which files of the package the benchmark uses as the repository. */
  files: RegExp;
}

const text = /\.(ts|js|py|go|rs|md|json|toml|mod|rst|txt)$/;

export const sources: readonly Source[] = [
  { name: 'gin', isForTuning: true, fetch: goModule('github.com/gin-gonic/gin@v1.11.0'), files: text },
  { name: 'networkx', isForTuning: true, fetch: wheel('networkx==3.5'), files: /^networkx\/.*\.py$/ },
  { name: 'three', isForTuning: true, fetch: npmPackage('three@0.180.0'), files: /^package\/src\/.*\.js$/ },
  { name: 'rxjs', isForTuning: false, fetch: npmPackage('rxjs@7.8.2'), files: /^package\/src\/.*\.ts$/ },
  { name: 'effect', isForTuning: false, fetch: npmPackage('effect@3.18.4'), files: /^package\/src\/.*\.ts$/ },
  {
    name: 'go-git',
    isForTuning: false,
    fetch: goModule('github.com/go-git/go-git/v5@v5.16.2'),
    files: text,
  },
  { name: 'hugo', isForTuning: false, fetch: goModule('github.com/gohugoio/hugo@v0.151.0'), files: text },
  { name: 'django', isForTuning: false, fetch: wheel('Django==5.2.6'), files: /^django\/.*\.py$/ },
  { name: 'sympy', isForTuning: false, fetch: wheel('sympy==1.14.0'), files: /^sympy\/.*\.py$/ },
];

/** Returns the files of a source by path, from a folder that later runs reuse. */
export function filesOf(source: Source): Map<string, string> {
  const path = join(tmpdir(), 'moose-bench-ranking', source.name);
  if (!existsSync(path)) {
    mkdirSync(`${path}.partial`, { recursive: true });
    source.fetch(`${path}.partial`);
    renameSync(`${path}.partial`, path);
  }
  const found = readdirSync(path, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .map((name) => [name, name.replace(/^.*?@v[^/]+\//, '')] as const)
    .filter(([, short]) => source.files.test(short) && !/(^|\/)(locale|cache)\//.test(short))
    .sort(([, a], [, b]) => (a < b ? -1 : 1));
  return new Map(found.map(([name, short]) => [short, readFileSync(join(path, name), 'utf8')]));
}

function npmPackage(name: string): Source['fetch'] {
  return (into) => {
    const packed = run('npm', ['pack', '--silent', name], into).trim();
    run('tar', ['xzf', packed], into);
  };
}

function wheel(name: string): Source['fetch'] {
  return (into) => {
    run('pip', ['download', '--quiet', '--no-deps', '--only-binary', ':all:', name], into);
    for (const file of readdirSync(into)) run('python3', ['-m', 'zipfile', '-e', file, '.'], into);
  };
}

function goModule(name: string): Source['fetch'] {
  return (into) => {
    run('go', ['mod', 'init', 'example.org/bench'], into);
    run('go', ['mod', 'download', name], into, { GOPATH: join(into, 'go'), GOFLAGS: '-modcacherw' });
  };
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
