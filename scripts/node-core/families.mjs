/** The families of Node's own tests: which files of its test/ folder belong to what we wrap, or to what runs through it. */
const parallel = (names) => new RegExp(`^(parallel|sequential)/test-(${names})([-.]|$)`);

export const FAMILIES = [
  { name: 'fs', files: parallel('fs|file|opfs|fastutf8stream') },
  { name: 'child_process', files: parallel('child-process|cluster') },
  { name: 'net', files: parallel('net|socket|pipe|tcp|listen') },
  { name: 'http', files: parallel('http') },
  { name: 'https', files: parallel('https') },
  { name: 'http2', files: parallel('http2') },
  { name: 'tls', files: parallel('tls') },
  { name: 'dgram', files: parallel('dgram|diagnostics') },
  { name: 'dns', files: parallel('dns|c-ares|resolve') },
  {
    name: 'module',
    files: /^(module-hooks\/|(parallel|sequential)\/test-(module|require|compile|preload|import|shadow)[-.])/,
  },
  { name: 'esm', files: /^es-module\// },
  { name: 'worker', files: parallel('worker|workers|broadcastchannel|messagechannel|message-channel') },
  { name: 'stream', files: parallel('stream2?|stream3|streams|readable|writable|webstreams?|whatwg') },
  { name: 'zlib', files: parallel('zlib') },
  { name: 'timers', files: parallel('timers?|next-tick|nexttick|set-immediate|microtask') },
  {
    name: 'process',
    files: parallel(
      'process|vm|promises?|async|domain|event|events|error|errors|stdin|stdout|stdio|eval|cli|sqlite|permission|snapshot',
    ),
  },
  { name: 'async_hooks', files: /^async-hooks\/test-/ },
  { name: 'test runner', files: /^(test-runner\/test-|parallel\/test-runner-)/ },
];
