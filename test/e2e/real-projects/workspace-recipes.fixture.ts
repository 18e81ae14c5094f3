// For tests: more projects made from packages of their registries: workspaces of several packages, and a Python package
// without a tool that manages its environment.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cargoSource, fromNpm, fromPyPi, goSource, json, put, type Recipe } from './recipe.fixture.ts';
import { runTool } from './run-tool.fixture.ts';

const yarnWorkspace: Recipe = {
  name: 'lists',
  ecosystem: 'yarn workspace',
  test: 'yarn workspaces run test',
  needs: ['npm'],
  async make(folder, scratch) {
    await fromNpm('shallow-copy@0.0.1', join(folder, 'packages/shallow-copy'), scratch);
    await fromNpm('concat-map@0.0.1', join(folder, 'packages/concat-map'), scratch);
    await put(
      join(folder, 'package.json'),
      json({ name: 'lists', version: '1.0.0', private: true, workspaces: ['packages/*'] }),
    );
    await put(join(folder, '.gitignore'), 'node_modules\n');
    await runTool('yarn', ['install', '--ignore-scripts', '--silent', '--non-interactive'], folder);
    await rm(join(folder, 'node_modules'), { recursive: true, force: true });
  },
};

const goWorkspace: Recipe = {
  name: 'go-errors',
  ecosystem: 'Go workspace',
  test: "go test $(go list -m -f '{{.Dir}}/...')",
  needs: ['go'],
  async make(folder, scratch) {
    await goSource('github.com/hashicorp/go-multierror@v1.1.1', join(folder, 'multierror'), scratch);
    await goSource('github.com/hashicorp/errwrap@v1.1.0', join(folder, 'errwrap'), scratch);
    await put(join(folder, 'go.work'), 'go 1.18\n\nuse (\n\t./errwrap\n\t./multierror\n)\n');
  },
};

const cargoWorkspace: Recipe = {
  name: 'caches',
  ecosystem: 'Cargo workspace',
  test: 'cargo test --workspace',
  needs: ['cargo'],
  async make(folder, scratch) {
    await cargoSource('lru-cache', '0.1.2', folder, scratch);
    await cargoSource('fnv', '1.0.7', join(folder, 'hash'), scratch);
    const manifest = await readFile(join(folder, 'Cargo.toml'), 'utf8');
    const workspace = '[workspace]\nmembers = ["hash"]\n';
    await put(join(folder, 'Cargo.toml'), `${manifest}\n${workspace}`);
    await put(join(folder, '.gitignore'), 'target\n');
    await runTool('cargo', ['generate-lockfile', '--quiet'], folder, { CARGO_HOME: join(scratch, 'cargo') });
  },
};

const pipPackage: Recipe = {
  name: 'more-itertools',
  ecosystem: 'Python package without a lock file',
  test: '.venv/bin/python -m pytest',
  needs: ['python3'],
  async make(folder, scratch) {
    await fromPyPi('more-itertools', '10.5.0', 'more-itertools-10.5.0.tar.gz', folder, scratch);
    await put(join(folder, '.gitignore'), '.venv\n__pycache__\n.pytest_cache\n*.egg-info\n');
  },
};

export const workspaceRecipes: readonly Recipe[] = [yarnWorkspace, goWorkspace, cargoWorkspace, pipPackage];
