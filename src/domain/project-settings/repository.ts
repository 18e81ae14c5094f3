// What Moose does with the repository of a project, and on its forge.
import { z } from 'zod';
import { type MergePolicy, mergePolicies } from '../forge/merge-policy.ts';
import { choice, list, onOrOff, orNothing, text, whenAdded, whenOn } from './kinds.ts';

const card = 'Pull requests and issues';

export const repository = {
  allow_ci_changes: onOrOff({
    means: 'Whether changes may touch CI and hook configuration.',
    line: 'CI, hooks',
    words: { on: 'changes allowed', off: 'changes not allowed' },
    flag: '--allow-ci',
    help: 'allow changes to touch CI and hook configuration',
    offHelp: 'do not allow changes to touch CI and hook configuration',
    person: {
      may: 'allow it',
      widens: whenOn((project) => `allowing changes of ${project} to touch CI and hooks`),
    },
  }),
  merge: choice<MergePolicy>({
    choices: mergePolicies,
    means: 'When Moose merges its pull requests; null: .moose/config.yml or the setting decides.',
    file: 'merge',
    unset: 'as .moose/config.yml or the setting says',
    words: {
      never: 'never',
      green: 'when CI is green',
      approved: 'when CI is green and a reviewer has approved',
    },
    flag: '--merge <when>',
    unsetBy: 'none',
    help: 'when Moose merges pull requests of the project: green (CI is green), approved (CI is green and a reviewer has approved) or never; "none": use .moose/config.yml or the setting',
    person: {
      may: 'let it merge',
      widens: (next, now, project) =>
        next !== null && next !== 'never' && next !== now
          ? `letting Moose merge pull requests of ${project}`
          : null,
    },
    form: { card, label: 'Merge pull requests', help: '' },
  }),
  intake_label: text({
    schema: z.string().trim().min(1).max(50),
    means:
      'Issues of its forge with this label become work orders, if somebody with write access added the label; null: none do.',
    line: 'issues',
    unset: 'not taken',
    flag: '--intake [label]',
    bare: 'moose',
    help: 'turn issues with this label into work orders (default: moose) if somebody with write access added the label',
    offHelp: 'do not turn issues into work orders',
    person: {
      may: 'set it',
      widens: (next, now, project) =>
        next === null || next === now
          ? null
          : `taking issues of ${project} with the label ${next} as work orders`,
    },
    form: {
      card,
      label: 'Issue label',
      help: 'An issue becomes a work order if somebody with write access adds this label. Leave empty to use no issues.',
    },
  }),
  forge_programs: list({
    kind: 'list',
    most: 100,
    store: orNothing,
    means:
      'Logins of programs, such as `renovate[bot]`, whose reviews on its forge count like those of people with write access; empty or null: none.',
    flag: '--forge-program <login>',
    unsetBy: 'none',
    help: 'program whose reviews count if it has write access, such as renovate[bot]; repeatable; "none": no program',
    person: {
      may: 'add one',
      widens: whenAdded((added, project) => `letting ${added.join(', ')} ask for work in ${project}`),
    },
    form: {
      card,
      label: 'Programs',
      help: 'Logins of bots, such as renovate[bot], separated by commas. Their reviews count if they have write access.',
    },
  }),
  filters: list({
    kind: 'list',
    most: 20,
    store: orNothing,
    means:
      "Filters of git (`filter=` in .gitattributes) in the repository's own configuration that Moose runs, outside of sessions; empty or null: none.",
    line: 'filters',
    unset: 'none of its own configuration',
    flag: '--filter <name>',
    unsetBy: 'none',
    help: 'git filter of the repository\'s own configuration that Moose runs outside of sessions, such as git-crypt; repeatable; "none": no filter',
    person: {
      may: 'add one',
      widens: whenAdded(
        (added, project) =>
          `running the git filter${added.length === 1 ? '' : 's'} ${added.join(', ')} of ${project} outside of sessions`,
      ),
    },
    form: {
      card: 'Git filters',
      label: 'Filters that Moose runs, outside of sessions',
      help: 'Names after `filter=` in .gitattributes, such as git-crypt. Their programs are those in the git configuration of the repository. A file with another filter is not committed.',
    },
  }),
  submodules: onOrOff({
    means:
      'Whether Moose fills the submodules that its base commit names, with the logins of the user of Moose.',
    line: 'submodules',
    words: { on: 'filled by Moose', off: 'left to the setup' },
    flag: '--submodules',
    help: 'fill the submodules that the base commit names, with the logins of the user of Moose',
    offHelp: 'leave submodules to the setup of the project',
    person: {
      may: 'allow it',
      widens: whenOn(
        (project) => `letting Moose fetch the submodules that ${project} names, with your logins`,
      ),
    },
  }),
};
