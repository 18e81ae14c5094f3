// Before each test file of `npm run test:long`: property tests make many more runs, as many as fit into half a minute each.
import fc from 'fast-check';

fc.configureGlobal({ numRuns: 20_000, interruptAfterTimeLimit: 30_000, markInterruptAsFailure: false });
