// A change of a local repository goes to its remote. Whether it can be published there is looked at before any model is
// paid (R-REPO-4): git must be able to push there, the base branch must be there, and no branch may leave no room for
// those of Moose.
import { resolve } from 'node:path';
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { refSha } from '../../../git/read/revision.ts';
import { branchPrefix } from '../../../git/refs/branch-name.ts';
import { prefixBranch, prefixTaken } from '../../../git/refs/branch-prefix.ts';
import { redactUrls } from '../../../git/remote/redact-url.ts';
import { remoteBranchShas } from '../../../git/remote/remote.ts';
import { type UnreadSettings, unreadSettings } from '../../../git/remote/unread-settings.ts';
import { reportGitFault } from '../../../git/run/git-repetition.ts';
import { lstatIfThere } from '../../../git/run/is-there.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import { remotePlace } from '../../run/remote-place.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import type { Start } from './find-start.ts';

/** Nothing depends on the answer of a slow remote. */
const lookMs = 20_000;

/**
 * @throws REMOTE_TAKES_NO_PUSH, REMOTE_SETTINGS_UNREAD, BASE_BRANCH_MISSING, BRANCH_PREFIX_TAKEN; nothing if the remote
 * cannot be reached for another reason: it may come back
 */
export async function refuseUnpublishable(
  work: Work,
  { baseBranch, stackedOn }: Pick<Start, 'baseBranch' | 'stackedOn'>,
): Promise<void> {
  const { project, settings, signal, order } = work;
  // Moose publishes its own branches when their turn comes.
  if (stackedOn !== undefined || baseBranch.startsWith(branchPrefix)) return;
  const { repositoryPath } = project;
  const { name, url, shownUrl } = await remotePlace(project, settings.dataDirectory, signal);
  if (name === undefined) return;
  const about: About = { workOrderId: order.id, repositoryPath, name, url, shownUrl };
  await refuseNoPush(about);
  const unread = await unreadSettings(repositoryPath, url, { signal });
  refuseRewritten(about, unread);
  const at = { repositoryPath, remoteUrl: url, signal };
  const asked = remoteBranchShas(at, [baseBranch, prefixBranch], { timeoutMs: lookMs });
  const there = await asked.catch((cause: unknown) => {
    if (signal.aborted || !isMooseError(cause)) throw cause;
    refuseUnread(about, unread, cause);
    if (cause.category === 'transient') reportGitFault(cause).resolved(true);
    return null;
  });
  if (there === null) return;
  if (there.has(prefixBranch)) throw prefixTaken(shownUrl);
  if (there.has(baseBranch)) return;
  // A branch that was there is waited for when the change is published: somebody may be renaming it.
  if ((await refSha(repositoryPath, `refs/remotes/${name}/${baseBranch}`, { signal })) !== null) return;
  throw pipelineFailures.BASE_BRANCH_MISSING_AT_START(
    { operation: 'find base', workOrderId: order.id, metadata: { baseBranch, remote: shownUrl } },
    {
      baseBranch,
      shownUrl,
      path: shellWord(repositoryPath),
      remote: shellWord(name),
      branch: shellWord(baseBranch),
    },
  );
}

interface About {
  workOrderId: string;
  repositoryPath: string;
  name: string;
  url: string;
  shownUrl: string;
}

/** A word such as `DISABLED` in place of an address keeps people from pushing; a bundle is a file. */
async function refuseNoPush(about: About): Promise<void> {
  const { url, repositoryPath, workOrderId, name, shownUrl } = about;
  const isElsewhere = /^[^/]+:/.test(url) && !url.startsWith('file://');
  if (isElsewhere) return;
  const path = resolve(repositoryPath, url.replace(/^file:\/\//, ''));
  const found = await lstatIfThere(path);
  const isWord = found === null && !url.includes('/');
  if (!isWord && !found?.isFile()) return;
  throw pipelineFailures.REMOTE_TAKES_NO_PUSH(
    { operation: 'find remote', workOrderId, metadata: { remote: shownUrl } },
    {
      shownUrl,
      name,
      fault: isWord ? 'that is no address' : 'that is a file, as a bundle is',
      path: shellWord(repositoryPath),
      remote: shellWord(name),
    },
  );
}

/** Moose would publish in another place than the person. */
function refuseRewritten({ workOrderId, ...about }: About, { rewritten }: UnreadSettings): void {
  if (rewritten === null) return;
  const [path, remote] = [shellWord(about.repositoryPath), shellWord(about.name)];
  const to = redactUrls(rewritten.url);
  throw pipelineFailures.REMOTE_SETTINGS_UNREAD_REWRITTEN(
    { operation: 'find remote', workOrderId, metadata: { remote: about.shownUrl, to } },
    { rule: redactUrls(rewritten.rule), path, remote, shownUrl: about.shownUrl, to, word: shellWord(to) },
  );
}

function refuseUnread({ workOrderId, ...about }: About, { names }: UnreadSettings, cause: MooseError): void {
  if (names.length === 0) return;
  throw pipelineFailures.REMOTE_SETTINGS_UNREAD(
    { operation: 'find remote', workOrderId, metadata: { remote: about.shownUrl, names }, cause },
    { shownUrl: about.shownUrl, said: cause.message, names: names.map(redactUrls).join(', ') },
  );
}
