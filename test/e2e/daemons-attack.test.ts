// A service of a worktree attacks Moose as a hostile agent would: other files, `/proc`, other sessions, the database, the API,
// and a host that nobody has listed. The agent beside it and the checks finish their work.
import { expect, test } from 'vitest';
import { installTimeoutMs } from '../../scripts/agents/install-agent.ts';
import { probeIsolation } from '../../src/sessions/isolation/probe-isolation.ts';
import { pi } from '../agents/subjects/pi.ts';
import { closedToOthers, isClosedToOthers } from '../open-to-others.ts';
import { attackFrom, orderMsMax } from './attack.fixture.ts';

const { level } = await probeIsolation();
const users = process.geteuid?.() === 0 ? ['an ordinary user', 'root'] : ['an ordinary user'];

/** What each attack prints if it succeeds. */
const attacks: ReadonlyArray<readonly [target: string, success: RegExp]> = [
  ['files of the machine, of the user and of Moose', /GOT (?:read|list|write) [\w ./-]+/],
  ['git of the repository and of other projects', /GOT (?:git \w+|remote hooks)/],
  ['what /proc tells of others', /GOT (?:processes of Moose|keys in an environment|core pattern)/],
  ['other sessions', /GOT (?:forge a verdict|shared memory)/],
  ['the database', /GOT connect database/],
  ['the API', /GOT connect interface/],
  ['a host that is not on the list', /GOT connect elsewhere/],
];

test.skipIf(level !== 'files').for(users)(
  'R-PROJ-4, R-SEC-5: fear: a service of a worktree reaches more than its worktree, as %s',
  { timeout: installTimeoutMs + orderMsMax },
  async (user, context) => {
    const asRoot = user === 'root';
    context.skip(!asRoot && isClosedToOthers(), closedToOthers);
    const attacked = await attackFrom('pi', pi, asRoot, 'service');
    expect(attacked.status, attacked.told).toBe('completed');
    expect(attacked.place.git('show', `${attacked.branch}:hello.txt`)).toBe('hello world\n');
    // Before the agent, beside it, and beside the check.
    const tried = attacked.byDaemons.split(`TRIED all as ${attacked.uid}`).length - 1;
    expect(tried, attacked.told).toBe(3);
    const reached = attacks.filter(([, success]) => success.test(attacked.byDaemons));
    expect(reached, attacked.byDaemons).toEqual([]);
    expect(attacked.byDaemons).not.toContain('GOT');
    expect([...attacked.isolation]).toEqual(['files']);
    expect(attacked.isDaemonAlive).toBe(false);
    // As root, the attack would harm the machine.
    if (asRoot || attacked.uid === 0) return;
    const open = attacked.attackOutside();
    for (const [target, success] of attacks) expect(open, target).toMatch(success);
  },
);
