import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readShellLine, shellLine } from './shell-words.ts';

test.each([[['git', 'log']], [['a b', "it's", '', '$HOME', '~', '--x=`y`', '*.ts', 'é\n\t\\']]])(
  'words are quoted so that they are read again as they were: %j',
  (words) => {
    expect(readShellLine(shellLine(words))).toEqual(words);
  },
);

test.each(['git $(rm -rf .)', 'git "x"', 'a | b', 'a; b', "a 'open", 'a > b', 'a && b', 'a `b`'])(
  'a line that does more than name words is not read: %s',
  (line) => {
    expect(readShellLine(line)).toBeNull();
  },
);

test.each([[['a b', "it's", '', '$HOME', '~', '~root', '{a,b}', '--x=`y`', '*', 'é\n\t\\']]])(
  'a shell takes the words as they are: %j',
  (words) => {
    const printed = execFileSync('bash', ['-c', `printf '%s\\0' ${shellLine(words)}`], {
      encoding: 'utf8',
    });
    expect(printed.split('\0').slice(0, -1)).toEqual(words);
  },
);
