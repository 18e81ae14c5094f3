// Runs before each test file: a gateway that Moose starts in a test inherits its compile cache from the test's process.
import { enableCompileCache } from 'node:module';
import { compiledCode } from './compiled-code.ts';

enableCompileCache(compiledCode.NODE_COMPILE_CACHE);
