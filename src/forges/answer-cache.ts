// Caches answers of hosts with their ETags: asking again for an unchanged answer does not count against the host's
// limit. The cache is in memory and limited; a dropped answer is requested again.

export interface KeptAnswer {
  etag: string;
  headers: Readonly<Record<string, string>>;
  body: unknown;
  bytes: number;
}

/** 500 open pull requests have about nine answers each; a smaller cache would lose them before the next round. */
const answersMax = 10_000;
const bytesInAllMax = 128 * 1024 * 1024;
const bytesOfOneMax = 2 * 1024 * 1024;

export interface AnswerCache {
  find(key: string): KeptAnswer | undefined;
  keep(key: string, answer: KeptAnswer): void;
}

export function createAnswerCache(): AnswerCache {
  // A Map keeps the order of insertion, so the first entry is the least recently used.
  const answers = new Map<string, KeptAnswer>();
  let bytesInAll = 0;
  const drop = (key: string) => {
    bytesInAll -= answers.get(key)?.bytes ?? 0;
    answers.delete(key);
  };
  return {
    find(key) {
      const found = answers.get(key);
      if (found) {
        answers.delete(key);
        answers.set(key, found);
      }
      return found;
    },
    keep(key, answer) {
      drop(key);
      if (answer.bytes > bytesOfOneMax) return;
      answers.set(key, answer);
      bytesInAll += answer.bytes;
      for (const oldest of answers.keys()) {
        if (answers.size <= answersMax && bytesInAll <= bytesInAllMax) break;
        drop(oldest);
      }
    },
  };
}
