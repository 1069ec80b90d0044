/** What a deed looks like to the rules: one bit each, so that asking costs one `&`. */
export const SIGN = {
  /** The content of a credential file was taken. */
  SECRET: 1 << 0,
  /** A secret environment variable was read by name. */
  ENV_SECRET: 1 << 1,
  /** Contact with a cloud metadata service. */
  METADATA: 1 << 2,
  /** Data can leave the process: any connection, a child that transfers, an encoded name look-up. */
  EGRESS: 1 << 3,
  /** … to a place made for dropping things anonymously, or to a bare public address. */
  DROP: 1 << 4,
  /** A looked-up name carries an encoded label. */
  TUNNEL: 1 << 5,
  SPAWN: 1 << 6,
  SHELL: 1 << 7,
  DOWNLOADER: 1 << 8,
  /** A program below the temp directory. */
  TEMP_RUN: 1 << 9,
  /** Another runtime or interpreter than the one we live in. */
  RUNTIME: 1 << 10,
  /** sudo, su, pkexec … */
  PRIVILEGED: 1 << 11,
  /** A coding agent started with its safety switched off. */
  AGENT_CLI: 1 << 12,
  MINER: 1 << 13,
  /** A command line that fetches and runs, decodes and runs, or opens a shell to a socket. */
  HOSTILE_COMMAND: 1 << 14,
  /** A command line that names a secret. */
  COMMAND_SECRET: 1 << 15,
  TEMP_WRITE: 1 << 16,
  /** A write anywhere else outside the package's own folder. */
  WRITE: 1 << 17,
  OWN_WRITE: 1 << 18,
  PERSISTENCE: 1 << 19,
  AGENT_CONFIG: 1 << 20,
  FOREIGN_PACKAGE: 1 << 21,
  /** A write to what Diogenesis itself relies on. */
  SELF: 1 << 22,
  EXEC_BIT: 1 << 23,
  EVAL: 1 << 24,
  /** Native code from a place where no package lives. */
  FOREIGN_NATIVE: 1 << 25,
  /** JavaScript from a place where no package lives: temp, `data:`, `http:`. */
  FOREIGN_CODE: 1 << 26,
  /** Debugger, foreign functions, internal bindings, somebody's own in the place of Node's: ways around every sense. */
  BYPASS: 1 << 27,
  /** A file that somebody filled after reading a secret is taken up by somebody else. */
  CARRIED: 1 << 28,
  LISTEN: 1 << 29,
  /** A program that lies in the package's own folder. */
  OWN_RUN: 1 << 30,
  /** A command line that destroys a home, a root or a disk. */
  DESTROY: 1 << 31,
} as const;
