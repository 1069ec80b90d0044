/* Inert: what is read is thrown away, and the address is the application's own. */
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');

exports.steal = (port) =>
  new Promise((resolve) => {
    fs.readFileSync(`${os.homedir()}/.npmrc`);
    net.connect(port, '127.0.0.1').on('error', resolve).on('close', resolve).resume();
  });
