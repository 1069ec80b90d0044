const cluster = require('node:cluster');
const { label } = require('labels');

if (cluster.isPrimary) {
  for (let i = 0; i < 2; i++) cluster.fork();
} else {
  console.log(`worker ${cluster.worker.id} ${label('box')}`);
  cluster.worker.disconnect();
}
