// For tests: what recipes of projects are made of: sources of packages, as their registries publish them.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

export const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

export async function put(path: string, text: string): Promise<void> {
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

/** The source package of a release, with its tests if its authors publish them. */
export async function fromPyPi(
  name: string,
  version: string,
  archive: string,
  into: string,
  scratch: string,
): Promise<void> {
  const wanted = ['--quiet', '--no-deps', '--no-binary', ':all:', `${name}==${version}`];
  await runTool(uvPython, ['-m', 'pip', 'download', ...wanted], scratch);
  await runTool('tar', ['-xzf', join(scratch, archive), '-C', into, '--strip-components', '1'], scratch);
}

export async function goSource(module: string, into: string, scratch: string): Promise<void> {
  const env = { GOPATH: join(scratch, 'go'), GOFLAGS: '-modcacherw' };
  const { Dir } = JSON.parse(await runTool('go', ['mod', 'download', '-json', module], scratch, env)) as {
    Dir: string;
  };
  await mkdir(into, { recursive: true });
  await runTool('cp', ['-r', '--no-preserve=mode', `${Dir}/.`, into], scratch);
}

export async function cargoSource(
  name: string,
  version: string,
  into: string,
  scratch: string,
): Promise<void> {
  const stub = join(scratch, `stub-${name}`);
  const manifest = '[package]\nname = "stub"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n';
  await put(join(stub, 'Cargo.toml'), `${manifest}${name} = "=${version}"\n`);
  await put(join(stub, 'src/lib.rs'), '');
  await runTool('cargo', ['vendor', '--quiet', 'vendor'], stub, { CARGO_HOME: join(scratch, 'cargo') });
  await mkdir(into, { recursive: true });
  await runTool('cp', ['-r', `${join(stub, 'vendor', name)}/.`, into], scratch);
  for (const left of ['.cargo-checksum.json', '.cargo_vcs_info.json', 'Cargo.toml.orig'])
    await rm(join(into, left), { force: true });
}
