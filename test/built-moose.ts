// Before all tests, makes sure that the build of Moose is as new as its sources. Many tests start it as people do. If error
// paths are measured, it is a build with marks at them, and is replaced after the tests.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { runsVariable } from './error-paths/runs-file.ts';
import { askedRing } from './rings.ts';

export default function setup(): (() => void) | undefined {
  const runsPath = process.env[runsVariable];
  if (!runsPath) return build('--if-changed');
  build('--if-changed', '--error-paths', runsPath);
  // Who measures the first ring goes on with the second one, which needs the same build.
  return askedRing(process.env) === 'first' ? undefined : () => build();
}

function build(...options: string[]): undefined {
  const script = join(import.meta.dirname, '..', 'scripts', 'build-moose.ts');
  execFileSync(process.execPath, [script, '--quiet', ...options], { stdio: 'inherit' });
}
