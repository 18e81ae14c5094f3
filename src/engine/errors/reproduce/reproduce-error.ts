// Everything needed to reproduce an error, as the files of one folder (R-FAIL-6).
import { shortId } from '../../../domain/ids.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import { answerReproduction } from './of-answer.ts';
import { checkReproduction } from './of-check.ts';
import { evidenceReproduction } from './of-evidence.ts';
import { gitReproduction } from './of-git.ts';
import { patchReproduction } from './of-patch.ts';
import type { Material, Reproduction, ReproductionFile, Tools } from './reproduction.ts';

/** Pure. The exact command if it can be run again, otherwise its evidence. */
export function reproduceError(material: Material): Reproduction {
  const { recipe, repositoryPath, proposal } = material;
  if (recipe?.kind === 'check' && repositoryPath) return checkReproduction(material, recipe, repositoryPath);
  if (recipe?.kind === 'patch' && repositoryPath && proposal)
    return patchReproduction(material, recipe, proposal, repositoryPath);
  if (recipe?.kind === 'answer') return answerReproduction(material, recipe);
  return gitReproduction(material) ?? evidenceReproduction(material);
}

export function reproductionFiles(
  material: Material,
  reproduction: Reproduction,
  tools: Tools,
): ReproductionFile[] {
  const { error, patch, brief } = material;
  return [
    { path: 'README.md', content: readme(material, reproduction) },
    { path: 'error.json', content: `${JSON.stringify(error, null, 2)}\n` },
    { path: 'environment', content: environmentFile(reproduction, tools) },
    { path: 'reproduce.sh', content: scriptFile(reproduction, tools), isProgram: true },
    ...(patch ? [{ path: 'change.patch', content: patch }] : []),
    ...(brief ? [{ path: 'input/brief.md', content: brief }] : []),
    ...reproduction.files,
  ];
}

function scriptFile({ script, expects }: Reproduction, { nodePath, moosePath }: Tools): string {
  return `#!/bin/sh
# Reproduces the failure: ${expects.replaceAll('\n', ' ')}.
# Exits with the exit code of what failed. Set REPOSITORY, NODE or MOOSE to use other paths than the original ones.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
node=\${NODE:-${shellWord(nodePath)}}
moose=\${MOOSE:-${shellWord(moosePath)}}
export NODE_NO_WARNINGS=1
isSame=no
verdict() {
  if [ "$1" = "$2" ]; then
    isSame=yes
    echo "It fails again: $2, as before."
  else
    isSame=no
    echo "It does not fail in the same way: $2 instead of $1."
  fi
}
${script}
`;
}

function environmentFile({ environment }: Reproduction, { version, nodePath }: Tools): string {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)}`);
  return [
    `# Moose ${version}, ${process.platform} ${process.arch}, Node ${process.version} (${nodePath})`,
    ...lines,
    '',
  ].join('\n');
}

function readme({ error, title, patch }: Material, { does, expects, files }: Reproduction): string {
  const told = files.map(({ path }) => `- \`${path}\``);
  return `# ${error.code}

${error.message}

${error.advice ? `What to do: ${error.advice}\n` : ''}
| | |
| --- | --- |
| error | \`${error.id}\` (\`moose errors ${shortId(error.id)}\`) |
| at | ${error.timestamp} |
| class | ${error.failure_class}, ${error.category}, ${error.type}, ${error.recoverability} |
| came from | ${error.component}, ${error.operation}${error.step ? `, step ${error.step}` : ''} |
${title === null ? '' : `| work order | ${title.replaceAll('|', '\\|')} (\`moose show ${shortId(error.work_order_id ?? '')}\`) |\n`}
## Reproduce it

    sh reproduce.sh

The script ${does}. If the failure occurs again, ${expects}. It writes only into this folder.

## Files

- \`error.json\`: everything known about the error
- \`environment\`: the environment of the step, without secrets
${patch ? '- `change.patch`: what had been made, from the base on\n' : ''}${told.join('\n')}
`;
}
