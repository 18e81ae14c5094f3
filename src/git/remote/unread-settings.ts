// Settings of a repository's own configuration by which a person's git reaches a remote, and which Moose's git does not
// read (R-SEC-7): without them, Moose may reach another place, or none.
import { join } from 'node:path';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { type ConfigEntry, parseEntries } from '../sessions/plain-config.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';

export interface UnreadSettings {
  /** The rule that gives the address another one, as `url.BASE.insteadOf`, and what it makes of it. */
  rewritten: { rule: string; url: string } | null;
  /** The names of the others, in order. */
  names: string[];
}

const reachKeys =
  /^(?:core\.(?:sshcommand|gitproxy|askpass)|ssh\.variant|credential\.(?:.+\.)?helper|http\.(?:.+\.)?(?:proxy|sslcainfo|sslcapath|sslcert|sslkey|sslverify|cookiefile)|remote\..+\.(?:proxy|vcs|uploadpack|receivepack))$/s;

export async function unreadSettings(
  repositoryPath: string,
  url: string,
  call: GitCall,
): Promise<UnreadSettings> {
  const file = join(await commonGitDir(repositoryPath, call), 'config');
  // Only names and addresses are used of what a file includes.
  const asked = ['config', '--file', file, '--includes', '--list', '-z'];
  const { stdout } = await runGit(repositoryPath, asked, call);
  const entries = parseEntries(stdout);
  const names = entries.filter(({ key }) => reachKeys.test(key)).map(({ key }) => key);
  return { rewritten: rewrittenBy(entries, url), names: [...new Set(names)].sort() };
}

/** As git does it for a push: the longest beginning wins, and rules for pushes come first. */
function rewrittenBy(entries: readonly ConfigEntry[], url: string): UnreadSettings['rewritten'] {
  for (const kind of ['pushInsteadOf', 'insteadOf']) {
    const matching = entries.flatMap(({ key, value }) => {
      const base = /^url\.(.*)\.([^.]+)$/s.exec(key);
      const isRule = base?.[2] === kind.toLowerCase() && value !== null && value !== '';
      return isRule && url.startsWith(value) ? [{ base: base?.[1] ?? '', value }] : [];
    });
    const longest = matching.sort((one, other) => other.value.length - one.value.length)[0];
    if (longest === undefined) continue;
    const { base, value } = longest;
    return { rule: `url.${base}.${kind}`, url: base + url.slice(value.length) };
  }
  return null;
}
