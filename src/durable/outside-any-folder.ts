// Loaded directly before the package of the queue: while that is loaded, it searches the working directory and the
// folders above for files to run. Moose may be started in a repository, so the working directory is `/` meanwhile.
export const folder = process.cwd();

process.chdir('/');
