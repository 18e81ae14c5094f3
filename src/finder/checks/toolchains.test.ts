import { expect, test } from 'vitest';
import { toolchainChecks } from './toolchains.ts';

const goChecks = ['go build -o /dev/null ./...', 'go test ./...', 'go vet ./...'];

test.each([
  ['Go', ['go.mod', 'go.sum'], ['go mod download', ...goChecks]],
  ['Go without dependencies', ['go.mod'], goChecks],
  ['Go with its dependencies in the repository', ['go.mod', 'go.sum', 'vendor'], goChecks],
  ['Cargo', ['Cargo.toml', 'Cargo.lock'], ['cargo fetch --locked', 'cargo check', 'cargo test']],
  ['Cargo without a lock file', ['Cargo.toml'], ['cargo check', 'cargo test']],
])(
  'R-PROJ-3: what the tests need is downloaded before an agent works without a network: %s',
  (_, names, expected) => {
    const found = toolchainChecks({ read: () => null, list: () => names });
    expect(found.map(({ command }) => command)).toEqual(expected);
    for (const { kind, dependsOn } of found) {
      const inputs = names.filter((name) => name !== 'vendor');
      expect(dependsOn).toEqual(kind === 'setup' ? inputs : undefined);
    }
  },
);

const all = "$(go list -m -f '{{.Dir}}/...')";
const go = { 'go.work': 'go 1.22\n\nuse ./api // first\nuse (\n\t./lib/b\n\t"./c"\n\t../elsewhere\n)\n' };

test.each<[string, Record<string, string>, string[]]>([
  [
    'a Go workspace',
    { ...go, 'api/go.mod': '', 'api/go.sum': 'x' },
    ['go mod download', `go build -o /dev/null ${all}`, `go test ${all}`, `go vet ${all}`],
  ],
  [
    'a Go workspace whose root is a module too',
    { ...go, 'go.mod': '', 'go.sum': '' },
    [`go build -o /dev/null ${all}`, `go test ${all}`, `go vet ${all}`],
  ],
  [
    'a Cargo workspace beside a package',
    { 'Cargo.toml': '[package]\nname = "a"\n[workspace]\nmembers = ["b"]\n' },
    ['cargo check --workspace', 'cargo test --workspace'],
  ],
  [
    'a Cargo workspace whose root is no package',
    { 'Cargo.toml': '[workspace]\nmembers = ["b"]\n' },
    ['cargo check', 'cargo test'],
  ],
  [
    'a Cargo workspace that names what is tested by default',
    { 'Cargo.toml': '[package]\nname = "a"\n[workspace]\nmembers = ["b"]\ndefault-members = ["."]\n' },
    ['cargo check', 'cargo test'],
  ],
])('fear: green because only the package at the root was tested: %s', (_, files, expected) => {
  const list = (folder: string) =>
    folder === '' ? Object.keys(files).filter((path) => !path.includes('/')) : [];
  const found = toolchainChecks({ read: (path) => files[path] ?? null, list });
  expect(found.map(({ command }) => command)).toEqual(expected);
  const [setup] = found.filter(({ kind }) => kind === 'setup');
  expect(setup?.dependsOn ?? []).toEqual(setup ? ['go.work', 'api/go.mod', 'api/go.sum'] : []);
});
