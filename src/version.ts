/** The version of this package, as telemetry carries it. Kept equal to package.json by a test. */
export const VERSION = '0.1.0';
