// The contract of forges on a real Gitea.
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { testDatabase } from '../database.ts';
import { lacksGitea } from './gitea.fixture.ts';
import { type GiteaGround, startGiteaGround } from './gitea-ground.fixture.ts';
import { checksContract, refusalsContract, remarksContract, rightsContract } from './hosted.contract.ts';
import { endsContract, pullRequestsContract } from './pull-requests.contract.ts';

describe.skipIf(lacksGitea)('Gitea', () => {
  let ground: GiteaGround;
  beforeAll(async () => {
    ground = await startGiteaGround(() => testDatabase());
  });
  afterAll(() => ground?.stop());
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(`Gitea logged:\n${ground.gitea.errors()}\n`);
  });

  pullRequestsContract(() => ground);
  endsContract(() => ground);
  refusalsContract(() => ground);
  checksContract(() => ground);
  remarksContract(() => ground);
  rightsContract(() => ground);
});
