// Sends a request over HTTP repeatedly, and reports the times and the content of the answers.
import type { Question } from './questions.ts';
import type { ServerMessage } from './server-program.ts';

export interface Answers {
  name: string;
  status: number;
  bytes: number;
  latenciesMs: number[];
}

/** Requests before the measurement: a database that has read a page once has it in memory. */
const warmUps = 2;

/** Sends one request at a time, so that answers are measured, not a queue. */
export async function ask(
  { url, tokens }: ServerMessage,
  { name, path, deep = 0 }: Question,
  times: number,
  signal: AbortSignal,
): Promise<Answers> {
  let asked = 0;
  const get = async (where: string) => {
    const token = tokens[asked++ % tokens.length];
    const startedMs = performance.now();
    const answer = await fetch(url + where, { headers: { authorization: `Bearer ${token}` }, signal });
    const text = await answer.text();
    return { status: answer.status, text, ms: performance.now() - startedMs };
  };
  let where = path;
  for (let page = 0; page < deep; page++) {
    const cursor = cursorIn((await get(where)).text);
    if (cursor === null) break;
    where = `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
  }
  for (let n = 0; n < warmUps; n++) await get(where);
  const answers = [];
  for (let n = 0; n < times; n++) answers.push(await get(where));
  const worst = answers.find(({ status }) => status !== 200) ?? answers[0];
  return {
    name,
    status: worst?.status ?? 0,
    bytes: worst?.text.length ?? 0,
    latenciesMs: answers.map(({ ms }) => ms),
  };
}

function cursorIn(text: string): string | null {
  const { next_cursor: cursor = null } = JSON.parse(text) as { next_cursor?: string | null };
  return cursor;
}
