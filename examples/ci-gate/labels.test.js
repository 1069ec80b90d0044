const assert = require('node:assert');
const { test } = require('node:test');
const { label } = require('labels');

test('a label is in brackets', () => {
  assert.strictEqual(label('box'), '[box]');
});
