import { cloneDatabase } from '../database.ts';
import { describeContract } from './contract.fixture.ts';
import { metered } from './metered-gateway.ts';

describeContract('opencode', metered(cloneDatabase));
