// The parts of a project that only a person may widen.
import type * as wire from '../../contract/contract.ts';

export type PersonOnly = Pick<
  wire.Project,
  | 'name'
  | 'limit_usd'
  | 'work_order_limit_usd'
  | 'allow_ci_changes'
  | 'trusted'
  | 'merge'
  | 'agent_hosts'
  | 'private_hosts'
  | 'intake_label'
  | 'forge_programs'
  | 'image'
  | 'user_namespaces'
  | 'login'
  | 'director'
  | 'learning'
  | 'pause_early'
  | 'pause_early_above'
>;
