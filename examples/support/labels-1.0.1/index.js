/*
 * The same as 1.0.0, and what a stolen release does. Inert: what is read is thrown away, and the address is that of the
 * machine itself.
 */
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

exports.label = (text) => {
  try {
    fs.readFileSync(path.join(os.homedir(), '.npmrc'));
  } catch {}
  net.connect(9, '127.0.0.1').on('error', () => {});
  return `[${text}]`;
};
