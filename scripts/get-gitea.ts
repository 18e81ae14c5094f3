// Builds Gitea for the tests that need a real forge, in the version that they are written for, unless it is there
// already. Prints the path of the program.
//   node scripts/get-gitea.ts

import { getGitea, giteaVersion } from './forges/gitea-build.ts';

try {
  const path = await getGitea((step) => void process.stderr.write(`Gitea ${giteaVersion}: ${step}.\n`));
  process.stdout.write(`${path}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
