// Reproduces an unusable model answer: parses the same text in the same way.

import { shellWord } from '../../../stdx/text/shell-words.ts';
import type { AnswerRecipe } from './recipe.ts';
import type { Material, Reproduction } from './reproduction.ts';

export function answerReproduction(
  { error }: Material,
  { schemaName, answer, text }: AnswerRecipe,
): Reproduction {
  return {
    kind: 'answer',
    does: 'reads the stored answer of the model again',
    expects: `it is rejected with the code ${error.code}`,
    environment: {},
    files: [
      { path: 'input/answer.json', content: `${JSON.stringify({ schemaName, answer, text }, null, 2)}\n` },
      { path: 'input/answer.txt', content: text },
    ],
    script: `status=0
said=$("$node" "$moose/dist/models/read-answer-program.js" "$here/input/answer.json") || status=$?
printf '%s\\n' "$said"
code=$(printf '%s' "$said" | sed -n 's/^{"code":"\\([A-Z_]*\\)".*/\\1/p')
verdict ${shellWord(error.code)} "\${code:-none}"
exit "$status"`,
  };
}
