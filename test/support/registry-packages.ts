/** Exact versions of what tests take from the registry, once a machine; see `installed`. */
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AppFolder } from './app-folder.ts';
import { installed } from './installed.ts';

export const testRunners = () => installed('test-runners', ['vitest@5.1.1', 'jest@30.5.2', 'mocha@12.0.3']);

export const packageManagers = () =>
  installed('package-managers', ['pnpm@12.21.0', 'yarn@1.22.22', '@yarnpkg/cli-dist@4.18.1']);

/** The last pnpm that is written in JavaScript throughout, so that its own process is one of ours. */
export const oldPnpm = () => installed('pnpm-10', ['pnpm@10.34.8']);

/** The official schema of SARIF 2.1.0, and a validator of its draft of JSON Schema. */
export const sarifSchema = () =>
  installed('sarif-schema', ['@microsoft/sarif-matcher-utils@1.0.0-beta.0', 'ajv@6.12.6']);

/** Agent frameworks and the MCP SDK, each at one version. */
export const agentFrameworks = () =>
  installed('agent-frameworks-2026-11', [
    'ai@7.0.173',
    '@ai-sdk/otel@1.0.173',
    '@openai/agents@0.20.0',
    '@langchain/core@1.4.0',
    '@langchain/langgraph@1.7.3',
    '@arizeai/openinference-instrumentation-langchain@4.1.1',
    '@modelcontextprotocol/sdk@1.32.2',
    'zod@4.6.7',
  ]);

/** Mastra, with what makes spans of OpenTelemetry of its own. */
export const mastra = () =>
  installed('agent-mastra-2026-11', [
    '@mastra/core@1.71.0',
    '@mastra/observability@1.17.9',
    '@mastra/otel-bridge@1.5.4',
    'zod@4.6.7',
  ]);

/** Makes the packages of a folder of node_modules those of an application, beside its own ones. */
export function useModules(app: AppFolder, modules: string): void {
  for (const name of readdirSync(modules)) symlinkSync(join(modules, name), app.path(`node_modules/${name}`));
}
