import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { shellWord } from '../../src/stdx/text/shell-words.ts';
import type { Contender } from './contender.ts';
import type { Ground } from './ground.ts';

/** A loop of twenty lines, as people write it. */
export const shellLoop = (ground: Ground, signal: AbortSignal) => loop(ground, signal, './shell-loop.sh');

/** The same loop with the checks that Moose makes of a change. */
export const provingLoop = (ground: Ground, signal: AbortSignal) => loop(ground, signal, './proving-loop.sh');

function loop(
  { directory, repository, programs, providerUrl, processes, onRemote }: Ground,
  signal: AbortSignal,
  name: string,
): Contender {
  const script = fileURLToPath(import.meta.resolve(name));
  const list = join(directory, 'list');
  const env = {
    PATH: `${programs}:${process.env.PATH}`,
    HOME: directory,
    ANTHROPIC_BASE_URL: providerUrl.replace(/\/v1$/, ''),
    ANTHROPIC_API_KEY: 'nobody pays',
  };
  const log = shellWord(join(directory, 'shell.log'));
  const over = join(directory, 'over');
  let isRunning = false;
  const start = async () => {
    await rm(over, { force: true });
    const words = commandWith(env, ['setsid', script, repository]);
    // A loop that was killed is not over.
    const command = `${words} <${shellWord(list)} >>${log} 2>&1; [ $? -lt 128 ] && : >${shellWord(over)}`;
    processes.run(`{ ${command}; }`);
  };
  return {
    async begin(tasks) {
      // An earlier loop that has pushed everything may still have to end.
      while (isRunning && !existsSync(over)) await sleep(10, signal);
      isRunning = tasks.length > 0;
      await writeFile(
        list,
        tasks.map(({ id, behaviour, calls }) => `${id} ${behaviour} ${calls}\n`).join(''),
      );
      if (tasks.length > 0) await start();
    },
    startAgain: start,
    kill: () => processes.killGroupOf(['xargs']),
    async results(tasks) {
      const isOver = existsSync(over);
      const { landed, doubled } = await onRemote(tasks);
      return {
        landed,
        doubled,
        ended: isOver ? tasks.length : landed,
        failed: isOver ? tasks.length - landed : 0,
        questions: 0,
      };
    },
    close: async () => undefined,
  };
}

/** A shell command with exactly this environment. */
export function commandWith(env: Record<string, string>, words: readonly string[]): string {
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return ['env', '-i', ...given, ...words].map(shellWord).join(' ');
}
