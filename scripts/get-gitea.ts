// Builds Gitea in the tested version, unless it exists already, for tests that need a real forge. Prints the path of
// the program.
//   node scripts/get-gitea.ts

import { getGitea, giteaVersion } from './forges/gitea-build.ts';

try {
  const path = await getGitea((step) => void process.stderr.write(`Gitea ${giteaVersion}: ${step}.\n`));
  process.stdout.write(`${path}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
