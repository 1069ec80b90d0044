/* Sandworm as its documentation sets it up for production: everything the application does is allowed. */
require('sandworm').init({
  devMode: false,
  verbose: false,
  skipTracking: true,
  trustedModules: [],
  permissions: [{ module: /.*/, permissions: true }],
});
