/**
 * Every number that decides how coarse a trait is. Changing one changes lock files: treat it as a breaking change.
 */

/** Targets longer than this are cut before anybody looks at them; PATH_MAX is 4096 on Linux. */
export const MAX_TARGET_LENGTH = 4096;
/** No trait is longer than this; a longer one loses its middle. */
export const MAX_TRAIT_LENGTH = 240;
/** Directories kept below a root (`<app>`, `<home>` …); a deeper tree keeps one fewer and ends in `**`. */
export const MAX_DIRECTORIES = 4;
/** Directories kept below a cache or build tree, where names are the tool's own business. */
export const MAX_CACHE_DIRECTORIES = 1;
/** Longest file extension that is kept; longer ones are hashes or names. */
export const MAX_EXTENSION_LENGTH = 8;
/** First port that operating systems hand out themselves (Linux `ip_local_port_range`); above it ports are random. */
export const FIRST_EPHEMERAL_PORT = 32768;
/** Targets remembered per generation and operation; two generations are kept. */
export const CACHE_CAPACITY = 2048;
/** Bytes of one command line that are read for the programs, files and hosts in it. */
export const MAX_COMMAND_LENGTH = 8192;
/** Programs, files and hosts reported for one command line, each. */
export const MAX_COMMAND_FINDINGS = 48;
/** Commands inside commands (`sh -c "sudo bash -c '…'"`) that are opened. */
export const MAX_COMMAND_DEPTH = 4;
