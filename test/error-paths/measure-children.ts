// Before each test file: where coverage is measured, programs that the tests start are measured too. Node hands the
// variable to every program that it starts, whatever environment that is given.
import { enableCompileCache } from 'node:module';
import { compiledCode } from '../compiled-code.ts';
import { childCoverageVariable } from './child-coverage.ts';

// A gateway that Moose starts from a test gets its cache from the test's process.
enableCompileCache(compiledCode.NODE_COMPILE_CACHE);

const directory = process.env[childCoverageVariable];
if (directory) process.env.NODE_V8_COVERAGE = directory;
