// For tests: ten projects made from packages that their registries publish, at pinned versions, with the sources and tests
// of their authors.
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../../../src/git/run/is-there.ts';
import { cargoSource, fromNpm, fromPyPi, goSource, json, put, type Recipe } from './recipe.fixture.ts';
import { runTool } from './run-tool.fixture.ts';
import { workspaceRecipes } from './workspace-recipes.fixture.ts';

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
    await fromPyPi('itsdangerous', '2.2.0', 'itsdangerous-2.2.0.tar.gz', folder, scratch);
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
    await goSource('github.com/hashicorp/go-multierror@v1.1.1', folder, scratch);
  },
};

const cargoCrate: Recipe = {
  name: 'lru-cache',
  ecosystem: 'Cargo crate',
  test: 'cargo test',
  needs: ['cargo'],
  async make(folder, scratch) {
    await cargoSource('lru-cache', '0.1.2', folder, scratch);
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
  ...workspaceRecipes,
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
