#!/usr/bin/env node
// Moose's entry point. API keys are removed from the environment before anything else is loaded.
import { refuseOldNode } from './app/config/node-version.ts';

// An older Node cannot even load the modules below.
refuseOldNode();
const { startAgain } = await import('./app/config/own-environment.ts');
startAgain();
const { closeInherited } = await import('./app/config/inherited-files.ts');
closeInherited(process.argv);
const { keepCompiledCode } = await import('./app/config/code-cache.ts');
await keepCompiledCode();
await import('./app/command-line.ts');
