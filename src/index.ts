/**
 * diogenesis-otel: a behavioural immune system for Node.js that speaks OpenTelemetry.
 * @module
 */
export { ChildProcessInstrumentation } from '../instrumentations/child-process/index.ts';
export { FsInstrumentation } from '../instrumentations/fs/index.ts';
export { ImportInstrumentation } from '../instrumentations/import/index.ts';
export { NetInstrumentation } from '../instrumentations/net/index.ts';
export { type LangChainCallbacks, langChainCallbacks } from './agents/langchain.ts';
export { watchMcp } from './agents/mcp.ts';
export {
  type ActivationHandle,
  activate,
  addPattern,
  alerts,
  baseline,
  configure,
  connectionGraph,
  deactivate,
  type FieldState,
  fieldState,
  investigations,
  log,
  moduleVoltage,
  type Status,
  status,
  type ThreatSummary,
  type ToolOptions,
  threatSummary,
  voltageHistory,
  withTool,
} from './api.ts';
export type { DiogenesisConfig } from './config.ts';
export type { BuiltInPattern, Finding, FindingAgent, FindingStep, Level } from './response/finding.ts';
export type { Investigation, Verdict } from './response/investigation.ts';
export type { CustomPattern } from './threats/engine.ts';
export type { GraphEdge, GraphNode } from './voltage/connection-graph.ts';
export type { VoltagePoint } from './voltage/voltage-field.ts';
export { createDiogenesis, type Diogenesis, withDiogenesis } from './with-diogenesis.ts';
