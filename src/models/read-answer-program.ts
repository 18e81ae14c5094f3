// Reads a stored answer in the same way as it was read originally: `node read-answer-program.ts ANSWER`, a file of
// {schemaName, answer, text}. Prints one JSON document. Exit code 0: the answer can be read; 1: it is still useless,
// with the code of the reason.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { proposalSchema } from '../domain/agents/proposal.ts';
import { judgeAnswer } from './judge-answer.ts';

const schemas: Readonly<Record<string, z.ZodType<unknown>>> = { proposal: proposalSchema };
/** The provider's finish reason is not in the text; the recorded result tells what it was. */
const finishReasons: Readonly<Record<string, string>> = { truncated: 'length', refused: 'content-filter' };

const keptAnswer = z.object({ schemaName: z.string(), answer: z.string(), text: z.string() });

const [path = ''] = process.argv.slice(2);
const { schemaName, answer, text } = keptAnswer.parse(JSON.parse(readFileSync(path, 'utf8')));
const schema = schemas[schemaName];
if (!schema) throw new TypeError(`Unknown answer schema "${schemaName}"`);
const finishReason = finishReasons[answer] ?? 'stop';
const judgement = judgeAnswer({ text, finishReason, isUtf8: true }, { schema, outputTokensMax: 0 });
const isUsable = judgement.kind === 'object';
const document = isUsable
  ? { code: null }
  : { code: `MODEL_ANSWER_${judgement.kind.toUpperCase()}`, problem: judgement.problem };
process.stdout.write(`${JSON.stringify(document)}\n`);
process.exitCode = isUsable ? 0 : 1;
