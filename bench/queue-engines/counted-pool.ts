// Counts and times the statements of an engine, from outside of it.
import type pg from 'pg';

export interface Counts {
  statements: number;
  /** Milliseconds of each statement, or transaction, that claims work. */
  claimMs: number[];
}

interface Open {
  sinceMs: number;
  claims: boolean;
}

const claimPattern = /skip\s+locked/i;

export function countStatements(pool: pg.Pool): { take(): Counts } {
  let counts: Counts = { statements: 0, claimMs: [] };
  pool.on('connect', (client) => {
    const send = client.query.bind(client) as (...given: unknown[]) => unknown;
    let open: Open | undefined;
    const note = (text: string, sinceMs: number) => {
      const claims = claimPattern.test(text);
      if (/^\s*begin/i.test(text)) open = { sinceMs, claims: false };
      else if (/^\s*(commit|rollback)/i.test(text)) {
        if (open?.claims) counts.claimMs.push(performance.now() - open.sinceMs);
        open = undefined;
      } else if (open) open.claims ||= claims;
      else if (claims) counts.claimMs.push(performance.now() - sinceMs);
    };
    const counted = (...given: unknown[]) => {
      const [first] = given;
      const text = typeof first === 'string' ? first : ((first as { text?: string } | null)?.text ?? '');
      counts.statements += 1;
      const sinceMs = performance.now();
      const callback = given.at(-1);
      if (typeof callback === 'function')
        return send(...given.slice(0, -1), (...answer: unknown[]) => {
          note(text, sinceMs);
          callback(...answer);
        });
      const answer = send(...given);
      if (answer instanceof Promise)
        answer.then(
          () => note(text, sinceMs),
          () => undefined,
        );
      return answer;
    };
    client.query = counted as typeof client.query;
  });
  return {
    take: () => {
      const taken = counts;
      counts = { statements: 0, claimMs: [] };
      return taken;
    },
  };
}
