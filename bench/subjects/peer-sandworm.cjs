/* Sandworm as its documentation sets it up for production: what the application does is allowed, what it does is looked at. */
require('sandworm').init({
  devMode: false,
  verbose: false,
  skipTracking: true,
  permissions: [
    // What turns text into code has to be named.
    { module: /ejs/, permissions: ['Function.Function', 'fs.readFileSync', 'fs.existsSync', 'fs.statSync'] },
    { module: /depd/, permissions: ['Function.Function', 'eval.eval', 'process.cwd'] },
    { module: /.*/, permissions: true },
  ],
});
