// GitLab's interface for one project: REST with pages. https://docs.gitlab.com/api/rest/
import { type CallHost, type HostCall, type HostReply, readReply } from '../call-host.ts';

export interface GitLabApi {
  host: string;
  /** `group/team/name`. */
  path: string;
  /** The page of the project. */
  webUrl: string;
  /** Below the project: `/merge_requests/7`. */
  call(call: Omit<HostCall, 'path'> & { path: string }): Promise<HostReply>;
  callAnywhere: CallHost;
  /** All pages, up to a limit; `read` reads one page. */
  pages<T>(
    call: Omit<HostCall, 'path' | 'method'> & { path: string },
    read: { parse(value: unknown): T[] },
  ): Promise<T[]>;
}

const perPage = 100;
/** More pages than the longest discussions have: remarks that are not read are answered twice, or never. */
const pagesMax = 60;

export function createGitLabApi(options: {
  host: string;
  path: string;
  apiUrl: string;
  callHost: CallHost;
}): GitLabApi {
  const { host, path, apiUrl, callHost } = options;
  const below = `/projects/${encodeURIComponent(path)}`;
  const call: GitLabApi['call'] = (given) => callHost({ ...given, path: `${below}${given.path}` });
  return {
    host,
    path,
    webUrl: `${apiUrl.replace(/\/api\/v4\/*$/, '')}/${path}`,
    call,
    callAnywhere: callHost,
    pages: async (given, read) => {
      const all = [];
      for (let page = 1; page <= pagesMax; page += 1) {
        const query = { ...given.query, per_page: perPage, page };
        const found = readReply(await call({ ...given, method: 'GET', query }), read);
        all.push(...found);
        if (found.length < perPage) break;
      }
      return all;
    },
  };
}
