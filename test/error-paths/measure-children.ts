// Runs before each test file: if coverage is measured, programs that the tests start are measured too. Node passes the
// variable to every program that it starts, even if that program gets another environment.
import { enableCompileCache } from 'node:module';
import { compiledCode } from '../compiled-code.ts';
import { childCoverageVariable } from './child-coverage.ts';

// A gateway that Moose starts in a test inherits its compile cache from the test's process.
enableCompileCache(compiledCode.NODE_COMPILE_CACHE);

const directory = process.env[childCoverageVariable];
if (directory) process.env.NODE_V8_COVERAGE = directory;
