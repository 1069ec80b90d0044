require('reflect-metadata');
const { Controller, Get, Inject, Injectable, Module, Param } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { label } = require('labels');

class LabelService {
  print(text) {
    return label(text);
  }
}
Injectable()(LabelService);

class LabelController {
  constructor(service) {
    this.service = service;
  }
  print(text) {
    return this.service.print(text);
  }
}
Controller('labels')(LabelController);
Inject(LabelService)(LabelController, undefined, 0);
Get(':text')(LabelController.prototype, 'print', Object.getOwnPropertyDescriptor(LabelController.prototype, 'print'));
Param('text')(LabelController.prototype, 'print', 0);

class AppModule {}
Module({ controllers: [LabelController], providers: [LabelService] })(AppModule);

async function main() {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const response = await fetch(`${await app.getUrl()}/labels/box`);
  console.log(response.status, await response.text());
  await app.close();
}
main();
