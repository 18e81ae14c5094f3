#!/usr/bin/env node
// The front door. Keys leave the environment before anything else is loaded.
import { hideKeys } from './app/config/own-environment.ts';

hideKeys();
await import('./app/command-line.ts');
