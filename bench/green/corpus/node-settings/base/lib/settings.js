'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { mergeDeep } = require('./merge');

const DEFAULTS = {
  port: 8080,
  plugins: ['core'],
  log: { level: 'info', pretty: false },
  db: { pool: 5, password: '' },
};

class SettingsError extends Error {}

function readLayer(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function fromEnvironment(env) {
  const layer = {};
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('APP_')) continue;
    const keys = name.slice(4).toLowerCase().split('__');
    const last = keys.pop();
    let target = layer;
    for (const key of keys) target = target[key] ??= {};
    target[last] = value;
  }
  return layer;
}

function load({ dir, env = process.env }) {
  const layers = [DEFAULTS, readLayer(path.join(dir, 'settings.json')), fromEnvironment(env)];
  const settings = layers.reduce((below, above) => mergeDeep(below, above));
  const port = Number(settings.port);
  if (!(port > 0 && port < 65536)) throw new SettingsError('port out of range: ' + settings.port);
  return settings;
}

/** For the log: one line each, without secrets. */
function describe(settings, prefix = '') {
  return Object.entries(settings).flatMap(([key, value]) => {
    const name = prefix + key;
    if (Array.isArray(value)) {
      return [name + '=' + value.join(',')];
    }
    if (typeof value === 'object' && value !== null) {
      return describe(value, name + '.');
    }
    if (/password|secret|token/.test(key)) {
      return [name + '=***'];
    }
    return [name + '=' + value];
  });
}

module.exports = { DEFAULTS, SettingsError, describe, load };
