// The contract of forges on the double of GitHub.
import { afterAll, beforeAll, describe } from 'vitest';
import { testDatabase } from '../database.ts';
import { type GitHubGround, startGitHubGround } from './github-ground.fixture.ts';
import { checksContract, refusalsContract, remarksContract, rightsContract } from './hosted.contract.ts';
import { endsContract, pullRequestsContract } from './pull-requests.contract.ts';

describe('GitHub', () => {
  let ground: GitHubGround;
  beforeAll(async () => {
    ground = await startGitHubGround(() => testDatabase());
  });
  afterAll(() => ground?.stop());

  pullRequestsContract(() => ground);
  endsContract(() => ground);
  refusalsContract(() => ground);
  checksContract(() => ground);
  remarksContract(() => ground);
  rightsContract(() => ground);
});
