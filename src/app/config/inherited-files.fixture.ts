// For tests: prints which files a child process of a Moose inherits, and what the arguments of this one say.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { closeInherited } from './inherited-files.ts';

closeInherited(process.argv);
const { stdout } = spawnSync('ls', ['/proc/self/fd'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  encoding: 'utf8',
});
const read = process.argv.slice(2).map((each) => readFileSync(each.replace(/^--\w+=/, ''), 'utf8'));
process.stdout.write(JSON.stringify({ open: stdout.trim().split('\n').map(Number), read }));
