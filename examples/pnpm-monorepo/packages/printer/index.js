const { label } = require('labels');

exports.print = (text) => label(text);
