import { execFileSync } from 'node:child_process';
import { listViewers, viewerCommand } from '../../src/sessions/viewer.ts';
import { NoTarget, nothingToEnd, type Scenario } from '../scenario.ts';
import { aSession } from '../targets.ts';

export const tmuxKilled: Scenario = {
  name: 'tmux-killed',
  group: 'agent',
  does: 'tmux, in which people watch agents, is killed while an agent works',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: true,
  agent: 'works',
  cannot: async ({ dataDirectory }) => {
    if (viewerCommand(dataDirectory) !== null) return null;
    return 'tmux is not installed, or the path of the data directory is too long for its socket.';
  },
  async inject(stage, round) {
    await aSession(stage, round, 'agent');
    const command = viewerCommand(stage.dataDirectory);
    const viewers = await listViewers(stage.dataDirectory);
    if (command === null || viewers === null || viewers.length === 0)
      throw new NoTarget('There was no viewer to hit.');
    const [tmux, ...words] = command;
    execFileSync(tmux, [...words, 'kill-server']);
    return nothingToEnd;
  },
};
