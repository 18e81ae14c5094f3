// What every forge does, as scenarios over the port. A ground creates one repository on a real forge; what a
// forge does not have (the local one has no CI and no discussion), its ground leaves out.
import type { Forge, PullRequestDraft } from '../../src/engine/ports/forge.ts';

export interface ForgeScene {
  forge: Forge;
  baseSha: string;
  /** Commits files on a branch, which begins at `main` if it is new, and pushes it. `main` itself is a branch too. */
  push(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
  deleteBranch(branch: string): Promise<void>;
  /** A draft of the branch into `main`. */
  draftOf(branch: string, headSha: string): PullRequestDraft;
}

/** Acts of people and of CI on the forge. */
export interface ForgeActs {
  setCheck(
    scene: ForgeScene,
    check: { sha: string; name: string; state: 'passed' | 'failed' | 'running' },
  ): Promise<void>;
  require(scene: ForgeScene, names: readonly string[]): Promise<void>;
  /** The login of a person who may write, or of one who may not. */
  comment(scene: ForgeScene, number: number, text: string, by: 'writer' | 'stranger'): Promise<void>;
  review(
    scene: ForgeScene,
    number: number,
    review: { body: string; judgement: 'approved' | 'changes_requested'; path?: string; line?: number },
  ): Promise<void>;
  openIssue(
    scene: ForgeScene,
    issue: { title: string; body: string; labels: readonly string[] },
  ): Promise<number>;
  editIssue(scene: ForgeScene, number: number, change: { title?: string; body?: string }): Promise<void>;
  logins: { writer: string; stranger: string };
  /** Reviews are a judgement alone: their text is a comment. */
  reviewsAreSilent?: boolean;
  /** The same repository, asked with a token that is not valid; another repository, that is not there. */
  withBadToken(scene: ForgeScene): Promise<Forge>;
  withoutRepository(scene: ForgeScene): Promise<Forge>;
}

export interface ForgeGround {
  scene(): Promise<ForgeScene>;
  acts: ForgeActs | null;
}

let branches = 0;

/** A new branch with one new file. */
export async function pushed(scene: ForgeScene, files?: Readonly<Record<string, string>>) {
  branches += 1;
  const branch = `moose/contract-${branches}`;
  const headSha = await scene.push(branch, files ?? { [`file-${branches}.txt`]: `${branches}\n` });
  return { branch, headSha, draft: scene.draftOf(branch, headSha) };
}

export async function opened(scene: ForgeScene, files?: Readonly<Record<string, string>>) {
  const { branch, headSha, draft } = await pushed(scene, files);
  return { branch, headSha, draft, pull: await scene.forge.openPullRequest(draft) };
}
