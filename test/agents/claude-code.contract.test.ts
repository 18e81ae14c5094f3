import { describeContract } from './contract.fixture.ts';
import { straight } from './session-gateway.ts';

describeContract('claude-code', straight);
