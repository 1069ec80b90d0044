/* A process that valgrind watches has to end by itself, for it to say what it counted. */
process.on('SIGUSR2', () => process.exit(0));
