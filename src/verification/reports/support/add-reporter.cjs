// The module in which vitest creates its reporters, with one more. `report.cjs` keeps that reporter.
'use strict';

exports.withReporter = (url, loaded) => {
  if (!url.includes('/vitest/dist/') || !/\/(?:vendor[/-]|chunks\/)?(?:cli-api|node)[\w.-]*\.js$/.test(url))
    return loaded;
  const source = Buffer.from(loaded.source).toString();
  const start = /(?:async )?function createReporters\((\w+), \w+\) \{/.exec(source);
  if (start === null) return loaded;
  const kept = "globalThis[Symbol.for('moose.vitest')]";
  const added = `${start[1]} = [...${start[1]}, ${kept}.reporter];`;
  const text = source.replace(start[0], () => start[0] + added);
  return Object.assign({}, loaded, { source: `${text}\n${kept}.isAdded = true;\n` });
};
