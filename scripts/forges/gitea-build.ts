// Builds Gitea from its Go module into a cache outside the repository, for tests that need a real forge. A second run
// uses the cached program; simultaneous runs do not disturb each other. Only the program remains of the build.

import { type ExecFileException, execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The newest version whose modules the Go proxy has: it refuses some modules of 1.27. */
export const giteaVersion = '1.26.0';
const moduleName = `code.gitea.io/gitea@v${giteaVersion}`;
/** Build tags: templates, texts and SQLite are inside the program, so that the forge is a single file. */
const tags = ['bindata', 'sqlite', 'sqlite_unlock_notify'];
const keyStart = `gitea-${giteaVersion}-${tags.join('-')}-`;

/** Measured: 3 to 4 minutes on two free cores, 10 on a busy machine. */
const stepTimeoutMs = 45 * 60_000;
const outputBytesMax = 64 * 1024 ** 2;
const outputCharsShown = 2_000;
/** Files left by a killed build are removed by a later one. */
const leftOverMs = 24 * 60 * 60_000;

export const forgesPath = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'moose', 'forges');

/** @returns the path of a program that was built before; null if there is none */
export async function findGitea(): Promise<string | null> {
  const names = await readdir(forgesPath).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(keyStart)).sort()) {
    const path = programIn(join(forgesPath, name));
    if (await works(path)) return path;
  }
  return null;
}

/** @returns the path of the program, built if necessary */
export async function getGitea(report: (step: string) => void): Promise<string> {
  const goVersion = await askTools();
  const finalPath = join(forgesPath, `${keyStart}${goVersion}`);
  if (await works(programIn(finalPath))) return programIn(finalPath);
  await mkdir(forgesPath, { recursive: true });
  await removeLeftOvers();
  const scratch = await mkdtemp(join(forgesPath, 'building-'));
  try {
    const draft = join(scratch, 'draft');
    await build(scratch, programIn(draft), report);
    if (!(await works(programIn(draft)))) throw new Error(`it does not report version ${giteaVersion}`);
    await takePlace(draft, finalPath, scratch);
    return programIn(finalPath);
  } catch (error) {
    throw new Error(`Gitea ${giteaVersion} cannot be built in ${scratch}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

const programIn = (folder: string) => join(folder, 'gitea');

/** @returns the version of Go */
async function askTools(): Promise<string> {
  const ask = async (program: string, args: string[], why: string) => {
    try {
      return (await run(program, args, {})).trim();
    } catch (error) {
      throw new Error(
        `Gitea cannot be built: ${why} (\`${program} ${args.join(' ')}\`: ${messageOf(error)}).`,
        { cause: error },
      );
    }
  };
  await ask('git', ['--version'], 'git is missing, install it');
  await ask('gcc', ['--version'], 'gcc is missing, which SQLite needs: install it');
  return await ask('go', ['env', 'GOVERSION'], 'Go 1.26.2 or newer is missing, install it from go.dev');
}

/**
 * `go install` refuses the module because of its replace directives, so a copy of its source is built. The modules (760
 * MB) and the build cache (1.6 GB) are in the scratch folder.
 */
async function build(scratch: string, programPath: string, report: (step: string) => void): Promise<void> {
  const env = {
    GOPATH: join(scratch, 'go'),
    GOMODCACHE: join(scratch, 'modules'),
    GOCACHE: join(scratch, 'cache'),
    GOTOOLCHAIN: 'auto',
    // Without the first option, only root could delete the modules.
    GOFLAGS: '-modcacherw -buildvcs=false',
    CGO_ENABLED: '1',
    CGO_CFLAGS: '-O2 -DSQLITE_MAX_VARIABLE_NUMBER=32766',
  };
  const source = join(scratch, 'source');
  report('downloads its source');
  const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', moduleName], { env }));
  await cp(String(Dir), source, { recursive: true });
  report('downloads 256 modules (381 MB) and packs its templates');
  const packed = ['options', 'templates', 'public', 'migration'].map((name) => `./modules/${name}`);
  await run('go', ['generate', '-tags', 'bindata', ...packed], { cwd: source, env });
  report('compiles; this takes some minutes');
  const flags = ['-p', '2', '-trimpath', '-ldflags', `-s -w -X main.Version=${giteaVersion}`];
  await mkdir(dirname(programPath), { recursive: true });
  await run('go', ['build', ...flags, '-tags', tags.join(' '), '-o', programPath, '.'], { cwd: source, env });
}

/** Installs in one step. A broken program is moved away; a working one is never touched, because it may be running. */
async function takePlace(draft: string, finalPath: string, scratch: string): Promise<void> {
  try {
    await rename(draft, finalPath);
  } catch (error) {
    if (await works(programIn(finalPath))) return;
    await rename(finalPath, join(scratch, 'wreck'));
    await rename(draft, finalPath);
    if (!(await works(programIn(finalPath)))) throw error;
  }
}

async function works(programPath: string): Promise<boolean> {
  const said = await run(programPath, ['--version'], {}).catch(() => '');
  return said.toLowerCase().startsWith(`gitea version ${giteaVersion} `);
}

async function removeLeftOvers(): Promise<void> {
  for (const name of await readdir(forgesPath)) {
    const path = join(forgesPath, name);
    const isOld = async () => Date.now() - (await stat(path)).mtimeMs > leftOverMs;
    if (name.startsWith('building-') && (await isOld().catch(() => false))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

interface Surroundings {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

async function run(program: string, args: string[], { cwd, env }: Surroundings): Promise<string> {
  const limits = { timeout: stepTimeoutMs, killSignal: 'SIGKILL', maxBuffer: outputBytesMax } as const;
  return await new Promise((resolve, reject) => {
    execFile(program, args, { ...limits, cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(describe(error, stderr), { cause: error }));
    });
  });
}

function describe(error: ExecFileException, stderr: string): string {
  const said = stderr.trim().slice(-outputCharsShown);
  return said === '' ? error.message : said;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
