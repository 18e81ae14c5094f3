// Settings of a repository's own configuration by which a person's git reaches a remote, and which Moose's git does not
// read (R-SEC-7): without them, Moose may reach another place, or none.
import { join } from 'node:path';
import { isInclude } from '../read/effective-settings.ts';
import { readIfThere } from '../run/is-there.ts';
import { type GitCall, runGit } from '../run/run-git.ts';
import { type ConfigEntry, parseEntries } from '../sessions/plain-config.ts';
import { knownEntries } from '../sessions/repository-view.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';
import { rewrittenBy } from './addresses-of.ts';

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
  const entries = await entriesOf(repositoryPath, file, call);
  const names = entries.filter(({ key }) => reachKeys.test(key)).map(({ key }) => key);
  return { rewritten: rewrittenForPush(entries, url), names: [...new Set(names)].sort() };
}

async function entriesOf(
  repositoryPath: string,
  file: string,
  call: GitCall,
): Promise<readonly ConfigEntry[]> {
  const known = knownEntries((await readIfThere(file)) ?? '');
  if (known && !known.some(isInclude)) return known;
  // Only names and addresses are used of what a file includes.
  const asked = ['config', '--file', file, '--includes', '--list', '-z'];
  return parseEntries((await runGit(repositoryPath, asked, call)).stdout);
}

/** As git does it for a push: rules for pushes come first. */
function rewrittenForPush(entries: readonly ConfigEntry[], url: string): UnreadSettings['rewritten'] {
  return rewrittenBy(entries, 'pushInsteadOf', url) ?? rewrittenBy(entries, 'insteadOf', url);
}
