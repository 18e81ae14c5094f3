#!/usr/bin/env node
// Moose's entry point. API keys are removed from the environment before anything else is loaded.
import { keepCompiledCode } from './app/config/code-cache.ts';
import { hideKeys } from './app/config/own-environment.ts';

hideKeys();
await keepCompiledCode();
await import('./app/command-line.ts');
