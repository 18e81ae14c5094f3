import { Command } from 'commander';
import { expect, test } from 'vitest';
import { endQuickly } from '../git/quick-start.fixture.ts';
import { completionScript } from './completion-script.ts';

function tree(): Command {
  const program = new Command('moose').option('--json', 'print JSON');
  program.command('ls').description("list Moose's work orders").option('-a, --all', 'all of them');
  const project = program.command('project').description('projects').option('--old', 'old ones');
  project.command('add <url>').description('add one').option('--base <branch>', 'where to start');
  return program;
}

/** What bash offers as completions of the last word. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', tree())}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _moose; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = endQuickly('bash', ['-c', script, 'bash', ...words]);
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean).sort();
}

test('R-UI-7: bash offers commands, subcommands, and the options of each', () => {
  expect(offered('moose', '')).toEqual(['--help', '--json', '-h', 'ls', 'project']);
  expect(offered('moose', 'l')).toEqual(['ls']);
  expect(offered('moose', '--json', 'ls', '--')).toEqual(['--all', '--help']);
  expect(offered('moose', 'project', '')).toEqual(['--help', '--old', '-h', 'add']);
  expect(offered('moose', 'project', 'add', 'https://example.org/a b', '--b')).toEqual(['--base']);
});

test('R-UI-7: fish has a line for each command and option, with its description', () => {
  const script = completionScript('fish', tree());
  expect(script).toContain(
    "complete -c moose -n '__fish_use_subcommand' -f -a ls -d 'list Moose\\'s work orders'",
  );
  expect(script).toContain(
    "complete -c moose -n '__fish_seen_subcommand_from project; and __fish_seen_subcommand_from add' -l base -d 'where to start'",
  );
});

test('zsh uses the completion of bash', () => {
  expect(completionScript('zsh', tree())).toBe(
    `autoload -U +X bashcompinit && bashcompinit\n${completionScript('bash', tree())}`,
  );
});
