// Gitea's and Forgejo's API for one repository: answers are read leniently, and lists page by page up to a limit.
import { z } from 'zod';
import { type CallHost, type HostCall, type HostReply, readReply, unexpectedAnswer } from '../call-host.ts';

export type RepositoryCall = Omit<HostCall, 'path'> & { path: string };

type ListCall = Omit<RepositoryCall, 'method'> & {
  pagesMax?: number;
  /** The list is empty if the forge lacks this API or it is turned off. */
  isOptional?: boolean;
};

export interface GiteaApi {
  host: string;
  /** `owner/name` */
  repository: string;
  /** Below the repository: `/pulls/7`. */
  call(call: RepositoryCall): Promise<HostReply>;
  callAnywhere: CallHost;
  /** Null if the item does not exist; a missing repository is a failure. */
  find<T>(path: string, read: z.ZodType<T>, signal?: AbortSignal): Promise<T | null>;
  get<T>(path: string, read: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** The entries of all pages; some lists are inside an object, and an empty one may be null. */
  list<T>(call: ListCall, item: z.ZodType<T>, inside?: string): Promise<T[]>;
}

/** Gitea's maximum page size, unless its administrator changed it. */
const perPage = 50;
/** More pages than the longest discussions have. */
const pagesMaxDefault = 60;

export function createGiteaApi(host: string, repository: string, callHost: CallHost): GiteaApi {
  const [owner = '', name = ''] = repository.split('/');
  const below = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const call: GiteaApi['call'] = (given) => callHost({ ...given, path: `${below}${given.path}` });
  const get: GiteaApi['get'] = async (path, read, signal) =>
    readReply(succeeded(await call({ method: 'GET', path, signal })), read);
  return {
    host,
    repository,
    call,
    get,
    callAnywhere: callHost,
    find: async (path, read, signal) => {
      const reply = await call({ method: 'GET', path, answers: [404], signal });
      if (reply.status !== 404) return readReply(succeeded(reply), read);
      // A missing or hidden repository gives the same answer.
      await call({ method: 'GET', path: '', signal });
      return null;
    },
    list: async <T>(
      { pagesMax = pagesMaxDefault, isOptional = false, ...given }: ListCall,
      item: z.ZodType<T>,
      inside?: string,
    ) => {
      const items = z
        .array(item)
        .nullish()
        .transform((found) => found ?? []);
      const read: z.ZodType<T[]> =
        inside === undefined
          ? items
          : z.looseObject({ [inside]: items }).transform((body) => body[inside] ?? []);
      const all: T[] = [];
      for (let page = 1; page <= pagesMax; page += 1) {
        const query = { ...given.query, page, limit: perPage };
        const answers = isOptional ? [404] : [];
        const reply = await call({ ...given, query, answers, method: 'GET' });
        if (isOptional && reply.status === 404) break;
        succeeded(reply);
        const found = readReply(reply, read);
        all.push(...found);
        const total = Number(reply.headers['x-total-count']);
        if (found.length === 0 || all.length >= total) break;
        // Without a total, a page that is not full is the last one.
        if (Number.isNaN(total) && found.length < perPage) break;
      }
      return all;
    },
  };
}

/** @throws PermanentError `FORGE_REFUSED` */
export function succeeded(reply: HostReply): HostReply {
  if (reply.status >= 200 && reply.status < 300) return reply;
  throw unexpectedAnswer(reply);
}
