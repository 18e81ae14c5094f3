import { cloneDatabase } from '../database.ts';
import { describeContract } from './contract.fixture.ts';
import { metered } from './metered-gateway.ts';
import { openCodeByProtocol } from './subjects/opencode-acp.ts';

describeContract('opencode-acp', metered(cloneDatabase), openCodeByProtocol);
