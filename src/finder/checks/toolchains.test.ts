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
