// Reports how strictly the changes of a project are judged, if that is not the default (R-GREEN-7).
import { defaultVerifyLevel, isLaxer } from '../../domain/work-order/verify-level.ts';
import { configAt } from '../../engine/policy/config-at.ts';
import { nextStart } from '../../engine/run/next-start.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { ListedProject } from '../../store/connection/read-once.ts';

/** Null at the default level, and if only the repository names one that cannot be read on this machine. */
export async function verifyLevel({ repositoryPath, ...rest }: ListedProject): Promise<Diagnosis | null> {
  const ofFile = async () => {
    if (repositoryPath === null) return undefined;
    const { commit } = await nextStart({ ...rest, repositoryPath });
    return (await configAt(repositoryPath, commit))?.verify;
  };
  const ofProject = rest.settings.verify;
  const level = ofProject ?? (await ofFile()) ?? defaultVerifyLevel;
  if (level === defaultVerifyLevel) return null;
  const name = `verification of ${rest.name}`;
  const by = ofProject === undefined ? '.moose/config.yml' : 'the settings of the project';
  if (!isLaxer(level, defaultVerifyLevel))
    return { name, state: 'ok', found: `${level}, by ${by}`, advice: null };
  return {
    name,
    state: 'warning',
    found: `${level}, by ${by}: a change that makes its checks green by altering them counts as verified`,
    advice: `If nobody wants that, run \`moose project set ${rest.name} --verify standard\`.`,
  };
}
