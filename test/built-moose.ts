// Before all tests, makes sure that the build of Moose is as new as its sources. Many tests start it as people do.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function setup(): void {
  const script = join(import.meta.dirname, '..', 'scripts', 'build-moose.ts');
  execFileSync(process.execPath, [script, '--if-changed'], { stdio: 'inherit' });
}
