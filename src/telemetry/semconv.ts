/**
 * Attribute and metric names. The stable ones of OpenTelemetry semantic conventions 1.45 and those still in development
 * (`security_rule.*`, `file.*`, `process.*`) are copied here, since the conventions ask not to depend on the package's
 * unstable entry point; the `diogenesis.*` ones are ours.
 */
export const ATTR_CODE_FUNCTION_NAME = 'code.function.name';
export const ATTR_CODE_FILE_PATH = 'code.file.path';
export const ATTR_CODE_LINE_NUMBER = 'code.line.number';
export const ATTR_CODE_COLUMN_NUMBER = 'code.column.number';
export const ATTR_ERROR_TYPE = 'error.type';
export const ATTR_SECURITY_RULE_NAME = 'security_rule.name';
export const ATTR_SECURITY_RULE_CATEGORY = 'security_rule.category';
export const ATTR_SECURITY_RULE_REFERENCE = 'security_rule.reference';

/** GenAI conventions, in development. */
export const ATTR_GEN_AI_TOOL_NAME = 'gen_ai.tool.name';
export const ATTR_GEN_AI_TOOL_CALL_ARGUMENTS = 'gen_ai.tool.call.arguments';
export const ATTR_GEN_AI_TOOL_CALL_RESULT = 'gen_ai.tool.call.result';
export const ATTR_GEN_AI_AGENT_NAME = 'gen_ai.agent.name';
export const ATTR_GEN_AI_CONVERSATION_ID = 'gen_ai.conversation.id';

export const ATTR_TRAIT = 'diogenesis.trait';
export const ATTR_PACKAGE_NAME = 'diogenesis.package.name';
export const ATTR_PACKAGE_VERSION = 'diogenesis.package.version';
export const ATTR_PACKAGE_CHAIN = 'diogenesis.package.chain';
export const ATTR_VOLTAGE = 'diogenesis.voltage';
export const ATTR_SENSE = 'diogenesis.sense';
export const ATTR_NOVEL = 'diogenesis.novel';
export const ATTR_FINDING_ID = 'diogenesis.finding.id';
export const ATTR_FINDING_LEVEL = 'diogenesis.finding.level';
export const ATTR_FINDING_PATTERN = 'diogenesis.finding.pattern';
export const ATTR_FINDING_REASON = 'diogenesis.finding.reason';
/** True when the act was refused. */
export const ATTR_FINDING_BLOCKED = 'diogenesis.finding.blocked';
export const ATTR_FINDING_COUNT = 'diogenesis.finding.count';
export const ATTR_SESSION_ID = 'diogenesis.session.id';
export const ATTR_SESSION_COMPLETE = 'diogenesis.session.complete';
export const ATTR_DISPUTED = 'diogenesis.disputed';
export const ATTR_THREAT_LEVEL = 'diogenesis.threat.level';

export const EVENT_FINDING = 'diogenesis.finding';
export const EVENT_TRAIT = 'diogenesis.trait';

export const METRIC_BEHAVIORS = 'diogenesis.behaviors';
export const METRIC_FINDINGS = 'diogenesis.findings';
export const METRIC_VOLTAGE = 'diogenesis.voltage';
export const METRIC_FIELD_COHERENCE = 'diogenesis.field.coherence';
export const METRIC_SELF_DURATION = 'diogenesis.self.duration';
export const METRIC_SELF_ERRORS = 'diogenesis.self.errors';

export const SCOPE_NAME = 'diogenesis-otel';
