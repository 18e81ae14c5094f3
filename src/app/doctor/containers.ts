// Which container engines this machine has: projects that name an image need one (R-SEC-5).
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { type EngineState, inspectEngines } from '../../sessions/images/engines.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import type { Config } from '../config/config.ts';

const name = 'container images';

export async function diagnoseContainers({ engine }: Pick<Config, 'engine'>): Promise<Diagnosis[]> {
  const engines = await inspectEngines(engine.checkEnvironment);
  if (engines.length === 0)
    return [
      { name, state: 'ok', found: 'neither podman nor docker: projects cannot name an image', advice: null },
    ];
  const found = engines.map(stateText).join('; ');
  // Only projects that name an image need it.
  if (engines.every(({ version }) => version === null))
    return [{ name, state: 'ok', found: `projects cannot name an image: ${found}`, advice: null }];
  const level = engine.isolation === 'off' ? 'none' : (await probeIsolation()).level;
  if (level === 'files') return [{ name, state: 'ok', found, advice: null }];
  return [
    {
      name,
      state: 'warning',
      found: `${found}; sessions cannot run in an image: the isolation is "${level}"`,
      advice: 'See isolation above.',
    },
  ];
}

function stateText({ name: engine, version, isRootless, said }: EngineState): string {
  if (version === null) return `${engine} does not answer (${said})`;
  return `${engine} ${version}, ${isRootless ? 'rootless' : 'as root'}`;
}
