// A test program: one of several processes that write to one rotating file.
import { openRotatingFile } from './rotating-file.ts';

const [path = '', name = ''] = process.argv.slice(2);
const linesFrom = 1_000;
const linesTo = 2_000;
const file = openRotatingFile({
  path,
  bytesMax: 2_000,
  // Enough files to keep every line, including the oldest.
  oldFilesMax: 40,
  onFailure: (cause) => {
    throw cause;
  },
});
for (let line = linesFrom; line < linesTo; line += 1) file.write(`${name} ${line}\n`);
file.close();
