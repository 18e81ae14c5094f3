#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { format } from '../src/format.js';

process.stdout.write(format(await text(process.stdin)));
