// For tests: six projects made from packages that their registries publish, at pinned versions, with the sources and tests
// of their authors.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere } from '../../../src/git/run/is-there.ts';
import { runTool, uvPython } from './run-tool.fixture.ts';

export interface Recipe {
  /** The name of its repository. */
  name: string;
  ecosystem: string;
  /** Makes the project in the folder, which is empty. `scratch` is deleted afterwards. */
  make(folder: string, scratch: string): Promise<void>;
  /** How its authors run its tests. */
  test: string;
  /** The programs that the machine must have. What the registries bring besides is installed for the test. */
  needs: readonly string[];
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Unpacks a package of npm into a folder. */
export async function fromNpm(name: string, into: string, scratch: string): Promise<void> {
  const packed = await runTool('npm', ['pack', '--silent', '--pack-destination', scratch, name], scratch);
  await mkdir(into, { recursive: true });
  const archive = join(scratch, packed.trim().split('\n').at(-1) ?? '');
  await runTool('tar', ['-xzf', archive, '-C', into, '--strip-components', '1'], scratch);
}

const npmWorkspace: Recipe = {
  name: 'streams',
  ecosystem: 'npm workspace',
  test: 'npm test --workspaces',
  needs: ['npm'],
  async make(folder, scratch) {
    await fromNpm('pump@3.0.3', join(folder, 'packages/pump'), scratch);
    await fromNpm('shallow-copy@0.0.1', join(folder, 'packages/shallow-copy'), scratch);
    await put(
      join(folder, 'package.json'),
      json({ name: 'streams', private: true, workspaces: ['packages/*'] }),
    );
    await put(join(folder, '.gitignore'), 'node_modules\n');
    await runTool('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit'], folder);
  },
};

const pnpmMonorepo: Recipe = {
  name: 'arrays',
  ecosystem: 'pnpm monorepo',
  test: 'pnpm -r run test',
  needs: ['npm'],
  async make(folder, scratch) {
    await fromNpm('concat-map@0.0.1', join(folder, 'packages/concat-map'), scratch);
    await fromNpm('shallow-copy@0.0.1', join(folder, 'packages/shallow-copy'), scratch);
    await put(join(folder, 'package.json'), json({ name: 'arrays', private: true }));
    await put(join(folder, 'pnpm-workspace.yaml'), "packages:\n  - 'packages/*'\n");
    await put(join(folder, '.gitignore'), 'node_modules\n');
    await runTool('pnpm', ['install', '--lockfile-only', '--ignore-scripts'], folder);
  },
};

const uvProject: Recipe = {
  name: 'itsdangerous',
  ecosystem: 'uv project',
  test: 'uv run --frozen python -m pytest',
  needs: ['python3'],
  async make(folder, scratch) {
    await runTool(
      uvPython,
      ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', 'itsdangerous==2.2.0'],
      scratch,
    );
    await runTool(
      'tar',
      ['-xzf', join(scratch, 'itsdangerous-2.2.0.tar.gz'), '-C', folder, '--strip-components', '1'],
      scratch,
    );
    await put(join(folder, '.gitignore'), '.venv\n__pycache__\n.pytest_cache\n');
    await runTool(
      'uv',
      ['add', '--dev', '--no-sync', '--quiet', 'pytest==8.3.5', 'freezegun==1.5.1'],
      folder,
    );
    await rm(join(folder, '.venv'), { recursive: true, force: true });
  },
};

const goModule: Recipe = {
  name: 'go-multierror',
  ecosystem: 'Go module',
  test: 'go test ./...',
  needs: ['go'],
  async make(folder, scratch) {
    const env = { GOPATH: join(scratch, 'go'), GOFLAGS: '-modcacherw' };
    const said = await runTool(
      'go',
      ['mod', 'download', '-json', 'github.com/hashicorp/go-multierror@v1.1.1'],
      scratch,
      env,
    );
    const { Dir } = JSON.parse(said) as { Dir: string };
    await runTool('cp', ['-r', '--no-preserve=mode', `${Dir}/.`, folder], scratch);
  },
};

const cargoCrate: Recipe = {
  name: 'lru-cache',
  ecosystem: 'Cargo crate',
  test: 'cargo test',
  needs: ['cargo'],
  async make(folder, scratch) {
    const stub = join(scratch, 'stub');
    await put(
      join(stub, 'Cargo.toml'),
      '[package]\nname = "stub"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nlru-cache = "=0.1.2"\n',
    );
    await put(join(stub, 'src/lib.rs'), '');
    await runTool('cargo', ['vendor', '--quiet', 'vendor'], stub, { CARGO_HOME: join(scratch, 'cargo') });
    await runTool('cp', ['-r', `${join(stub, 'vendor/lru-cache')}/.`, folder], scratch);
    for (const name of ['.cargo-checksum.json', '.cargo_vcs_info.json', 'Cargo.toml.orig'])
      await rm(join(folder, name), { force: true });
    await put(join(folder, '.gitignore'), 'target\n');
    await runTool('cargo', ['generate-lockfile', '--quiet'], folder, { CARGO_HOME: join(scratch, 'cargo') });
  },
};

const pom = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>commons-cli</groupId>
  <artifactId>commons-cli</artifactId>
  <version>1.4</version>
  <properties>
    <maven.compiler.source>8</maven.compiler.source>
    <maven.compiler.target>8</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>junit</groupId>
      <artifactId>junit</artifactId>
      <version>4.13.2</version>
      <scope>test</scope>
    </dependency>
  </dependencies>
</project>
`;

const mavenProject: Recipe = {
  name: 'commons-cli',
  ecosystem: 'Maven project',
  test: 'mvn -B -q test',
  needs: ['mvn', 'jar'],
  async make(folder, scratch) {
    for (const [classifier, into] of [
      ['sources', 'src/main/java'],
      ['test-sources', 'src/test/java'],
    ] as const) {
      const artifact = `commons-cli:commons-cli:1.4:jar:${classifier}`;
      const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
      const goals = [`${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${scratch}`];
      await runTool('mvn', ['-B', '-q', `-Dmaven.repo.local=${join(scratch, 'm2')}`, ...goals], scratch);
      await mkdir(join(folder, into), { recursive: true });
      await runTool('jar', ['xf', join(scratch, `commons-cli-1.4-${classifier}.jar`)], join(folder, into));
      await rm(join(folder, into, 'META-INF'), { recursive: true, force: true });
    }
    // What the package publishes beside its sources builds only with a Java of its time.
    await put(join(folder, 'pom.xml'), pom);
    await put(join(folder, '.gitignore'), 'target\n');
  },
};

export const recipes: readonly Recipe[] = [
  npmWorkspace,
  pnpmMonorepo,
  uvProject,
  goModule,
  cargoCrate,
  mavenProject,
];

/** Makes the repository in a cache outside of Moose's own, or uses what is there. Returns a repository with one commit. */
export async function realProject(recipe: Recipe, cache: string): Promise<string> {
  const path = join(cache, recipe.name);
  if (await isThere(path)) return path;
  const making = `${path}.making-${process.pid}`;
  const scratch = `${making}-scratch`;
  try {
    await mkdir(making, { recursive: true });
    await mkdir(scratch, { recursive: true });
    await recipe.make(making, scratch);
    await runTool('git', ['init', '--quiet', '-b', 'main'], making);
    await runTool('git', ['add', '--all'], making);
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    await runTool('git', [...identity, 'commit', '--quiet', '-m', 'As it is published'], making);
    await rename(making, path);
    return path;
  } finally {
    for (const folder of [making, scratch]) await rm(folder, { recursive: true, force: true });
  }
}
