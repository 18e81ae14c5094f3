// The contract of forges on the double of GitLab.
import { describe } from 'vitest';
import { testDatabase } from '../database.ts';
import { gitLabGround } from './gitlab-ground.fixture.ts';
import { checksContract, refusalsContract, remarksContract, rightsContract } from './hosted.contract.ts';
import { endsContract, pullRequestsContract } from './pull-requests.contract.ts';

describe('GitLab', () => {
  const ground = gitLabGround(() => testDatabase());

  pullRequestsContract(() => ground);
  endsContract(() => ground);
  refusalsContract(() => ground);
  checksContract(() => ground, { requires: false });
  remarksContract(() => ground);
  rightsContract(() => ground);
});
