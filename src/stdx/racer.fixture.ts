// For tests: another process that exchanges two paths again and again, as a session does that waits for Moose to look at
// one of them and to use the other.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** renameat2(2) with RENAME_EXCHANGE: at no time is one of the two paths absent, unless somebody else removes it. */
const exchange = `
my %numbers = (x64 => 316, arm64 => 276);
my ($arch, $one, $other, $target) = @ARGV;
my $number = $numbers{$arch};
$| = 1;
print "ready\\n";
while (1) {
  next if syscall($number, -100, $one, -100, $other, 2) == 0 || $target eq '';
  for ([$one, $other], [$other, $one]) {
    my ($gone, $left) = @$_;
    next if -l $gone || -e $gone;
    -l $left ? mkdir $gone : symlink $target, $gone;
  }
}`;

/**
 * Returns the function that ends it; null if this machine has no such system call.
 * @param target where the link leads: with it, the folder or the link is made again if it was removed
 */
export async function exchangeMeanwhile(
  one: string,
  other: string,
  target = '',
): Promise<(() => Promise<void>) | null> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return null;
  const racer = spawn('perl', ['-e', exchange, process.arch, one, other, target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(racer, 'exit');
  await Promise.race([once(racer.stdout, 'data'), ended]);
  return async () => {
    racer.kill('SIGKILL');
    await ended;
  };
}
