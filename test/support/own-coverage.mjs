/**
 * Loaded before every test file. Under coverage Node hands NODE_V8_COVERAGE on to every process that a test starts, in
 * whatever environment the test chose for it: children would run slower and see a variable that nobody gave them. They
 * run the built package, of which no coverage is taken.
 */
delete process.env.NODE_V8_COVERAGE;
