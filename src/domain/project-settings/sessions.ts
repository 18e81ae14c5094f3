// What the sessions of a project are given, may do and reach.

import { z } from 'zod';
import { type LoginChoice, loginChoices } from '../agents/login.ts';
import { addedHosts } from '../machine/egress-consent.ts';
import { noImage } from '../machine/image.ts';
import { choice, list, onOrOff, text, whenOn } from './kinds.ts';

const inLowerCase = (hosts: readonly string[]) => [
  ...new Set(hosts.map((host) => host.trim().toLowerCase())),
];

/** Whoever confirms it must see each host that is new. */
const whenReached =
  (say: (project: string, hosts: string) => string) =>
  (next: readonly string[] | null, now: readonly string[] | null, project: string): string | null => {
    const hosts = addedHosts(now, next).join(', ');
    return hosts === '' ? null : say(project, hosts);
  };

export const sessions = {
  trusted: onOrOff({
    means:
      'Whether agents get the instructions of any folder, the skills and the servers of the base commit.',
    line: 'trust',
    words: {
      on: 'trusted: agents get the instructions of every folder, the skills and the servers of the base commit',
      off: 'not trusted: agents get only the instructions at the root of the repository',
    },
    flag: '--trusted',
    help: 'give agents everything that the base commit has for them: instructions in any folder, skills, and servers (.mcp.json)',
    offHelp: 'give agents only the instructions at the root of the repository',
    person: {
      may: 'trust it',
      widens: whenOn(
        (project) => `giving agents the instructions, skills and servers that the files of ${project} name`,
      ),
    },
    form: {
      card: 'Agents',
      help: 'Whoever can push to its base branch tells your agents what to do, and which programs to start. These run in the sandbox of the agent, with its worktree and without a network.',
      buttons: { on: 'Trust this repository', off: 'Stop trusting it' },
    },
  }),
  agent_hosts: list({
    kind: 'hosts',
    most: 100,
    store: inLowerCase,
    means: 'Hosts that agents reach besides the gateway; empty: none; null: none, and no person has decided.',
    flag: '--agent-host <host>',
    emptyBy: 'none',
    help: 'allow agents to reach this host, in addition to the gateway and the hosts already allowed; repeatable; "none": remove all hosts',
    person: {
      may: 'add one',
      widens: whenReached((project, hosts) => `letting agents of ${project} reach ${hosts}`),
    },
  }),
  private_hosts: list({
    kind: 'hosts',
    most: 100,
    store: inLowerCase,
    means:
      'Hosts that setup and checks reach, also at private addresses; empty: none; null: none, and no person has decided.',
    flag: '--private-host <host>',
    emptyBy: 'none',
    help: 'allow setup and checks to reach this host, even at a private address, in addition to the hosts already allowed; repeatable; "none": remove all hosts',
    person: {
      may: 'add one',
      widens: whenReached(
        (project, hosts) =>
          `letting setup and checks of ${project} reach ${hosts}, also at private addresses`,
      ),
    },
  }),
  user_namespaces: onOrOff({
    means: 'Whether programs in its sessions may make user namespaces, as the sandbox of a browser does.',
    line: 'namespaces',
    words: {
      on: 'programs in its sessions may make user namespaces, as the sandbox of a browser does',
      off: 'programs in its sessions cannot make user namespaces: a browser starts only without its own sandbox',
    },
    flag: '--user-namespaces',
    help: 'let programs in sessions of the project create user namespaces, as the sandbox of a browser does',
    offHelp: 'do not let programs in sessions of the project create user namespaces',
    person: {
      may: 'allow it',
      widens: whenOn((project) => `letting programs in sessions of ${project} make user namespaces`),
    },
    form: {
      card: 'Sandbox',
      help: 'In a user namespace, a program has rights over more of the kernel, where most errors of isolation have been. The files and hosts that its sessions reach stay the same.',
      buttons: { on: 'Allow user namespaces', off: 'Forbid user namespaces' },
    },
  }),
  image: text({
    schema: z.string().trim().min(1).max(300),
    means:
      "The container image of the project's sessions; `none` for no image; null for the one that .moose/config.yml names.",
    file: 'container',
    line: 'image',
    unset: 'the one in .moose/config.yml, or none',
    flag: '--image <image>',
    unsetBy: 'repository',
    help: 'container image in which the project\'s agents, setup, checks and services run, e.g. node:24; "none" for no image; "repository" for the one in .moose/config.yml',
    person: {
      may: 'set it',
      /** If a person names an image, it is fetched with the machine's logins, so it may be private. */
      widens: (next, now, project) =>
        next === null || next === noImage || next === now
          ? null
          : `running the sessions of project ${project} in the image ${next}`,
    },
    form: {
      card: 'Container image',
      label: 'Image of its sessions',
      help: 'Such as node:24 or ghcr.io/acme/tools:2, or none: the programs of the machine. Empty: the image in .moose/config.yml, or none. It is fetched with the logins of the machine, so it may be private. Work orders that are already prepared keep their image.',
    },
  }),
  login: choice<LoginChoice>({
    choices: loginChoices,
    means:
      "`use`: its agents use a person's login where they can; `never`: they use a key; null: as the setting `settings.agents.logins` says.",
    line: 'login',
    unset: 'as the setting settings.agents.logins says',
    words: { use: 'your login, for Claude Code and Codex', never: 'always a key' },
    flag: '--login <wish>',
    unsetBy: 'default',
    help: 'whether agents of the project use your login where possible: use, or never; "default": use the setting settings.agents.logins',
    person: {
      may: 'let them use one',
      /** Forbidding it needs no permission, nor does returning to the setting for all projects after it was allowed. */
      widens: (next, now, project) =>
        (next === 'use' && now !== 'use') || (next === null && now === 'never')
          ? `letting agents of project ${project} use a person's login`
          : null,
    },
    form: {
      card: 'Access to models',
      label: 'Its agents use',
      help: "A login works on machines where you signed in with `moose agents login`. Check the provider's terms first.",
    },
  }),
};
