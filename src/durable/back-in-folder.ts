// Loaded directly after the package of the queue. Modules are evaluated one after the other, with nothing in between.
import { folder } from './outside-any-folder.ts';

process.chdir(folder);
