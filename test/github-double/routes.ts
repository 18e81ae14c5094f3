import type { Routes } from './call.ts';
import { actionRoutes } from './routes/actions.ts';
import { appRoutes } from './routes/apps.ts';
import { checkRoutes } from './routes/checks.ts';
import { gitObjectRoutes } from './routes/git-objects.ts';
import { hookRoutes } from './routes/hooks.ts';
import { issueRoutes } from './routes/issues.ts';
import { labelRoutes } from './routes/labels.ts';
import { mergeRoutes } from './routes/merges.ts';
import { ownRepositoryRoutes } from './routes/own-repositories.ts';
import { pullRoutes } from './routes/pulls.ts';
import { repositoryRoutes } from './routes/repositories.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { userRoutes } from './routes/users.ts';

/** Every operation of the extract, and nothing else. */
export const routes: Routes = {
  ...appRoutes,
  ...userRoutes,
  ...repositoryRoutes,
  ...gitObjectRoutes,
  ...ownRepositoryRoutes,
  ...pullRoutes,
  ...mergeRoutes,
  ...checkRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...reviewRoutes,
  ...actionRoutes,
  ...hookRoutes,
};
