const { addPattern, alerts } = require('diogenesis-otel');

addPattern({
  name: 'secret_then_network',
  sequence: ['fs.read:* [credential]', 'net.connect:*'],
  windowSeconds: 10,
  level: 'ALERT',
});

const { label } = require('labels');

console.log(label('box'));
setImmediate(() => {
  const own = alerts(10).filter(({ pattern }) => pattern === 'secret_then_network');
  console.log(`${own.length} finding of our own`);
});
