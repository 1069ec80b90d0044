const { print } = require('printer');

console.log(print('box'));
