// Before each test file: where coverage is measured, programs that the tests start are measured too. Node hands the
// variable to every program that it starts, whatever environment that is given.
import { childCoverageVariable } from './child-coverage.ts';

const directory = process.env[childCoverageVariable];
if (directory) process.env.NODE_V8_COVERAGE = directory;
