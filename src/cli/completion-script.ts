// Scripts that complete Moose's commands and options in a shell, from the commands themselves. Pure.
import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

interface Choice {
  /** The subcommand names that lead to it, without `moose`. */
  path: string;
  description: string;
  subcommands: readonly string[];
  options: readonly Option[];
}

export function completionScript(shell: Shell, program: Command): string {
  const choices = choicesOf(program, []);
  switch (shell) {
    case 'bash':
      return bashScript(choices);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(choices)}`;
    case 'fish':
      return fishScript(choices);
  }
}

function choicesOf(command: Command, path: readonly string[]): Choice[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  return [
    {
      path: path.join(' '),
      description: command.description(),
      subcommands: subcommands.map((each) => each.name()),
      options: help.visibleOptions(command),
    },
    ...subcommands.flatMap((each) => choicesOf(each, [...path, each.name()])),
  ];
}

function wordsOf({ subcommands, options }: Choice): string[] {
  return [
    ...subcommands,
    ...options.flatMap(({ short, long }) => [long, short].filter((name) => name !== undefined)),
  ];
}

/** Completes subcommands and options while the words name a command; after that, files. */
function bashScript(choices: readonly Choice[]): string {
  const cases = choices.map((choice) => `    '${choice.path}') words='${wordsOf(choice).join(' ')}' ;;`);
  return `_moose() {
  local path='' words='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) continue ;; esac
    case " ${choices.map(({ path }) => path.replaceAll(' ', '/')).join(' ')} " in
      *" \${path:+$path/}$word "*) path=\${path:+$path/}$word ;;
    esac
  done
  case "\${path//\\// }" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _moose moose
`;
}

function fishScript(choices: readonly Choice[]): string {
  const lines = choices.flatMap((choice) => {
    const when = choice.path === '' ? '__fish_use_subcommand' : seen(choice.path);
    const inner = choices.filter(({ path }) => isInside(path, choice.path));
    return [
      ...inner.map(
        ({ path, description }) =>
          `complete -c moose -n '${when}' -f -a ${path.split(' ').at(-1)} -d ${quoted(description)}`,
      ),
      ...choice.options.map(({ short, long, description }) =>
        [
          `complete -c moose -n '${when}'`,
          ...(short ? [`-s ${short.slice(1)}`] : []),
          ...(long ? [`-l ${long.slice(2)}`] : []),
          `-d ${quoted(description)}`,
        ].join(' '),
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const seen = (path: string) =>
  path
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');

/** Whether `path` is directly below `outer`, not further down. */
function isInside(path: string, outer: string): boolean {
  const words = path.split(' ');
  return path !== '' && words.slice(0, -1).join(' ') === outer;
}

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&').replace(/\s+/g, ' ')}'`;
