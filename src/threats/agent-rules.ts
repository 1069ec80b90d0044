import type { BuiltInPattern, Level } from '../response/finding.ts';

/*
 * What only agents do: act on what they have read. These rules look at one deed of a tool together with the arguments
 * the tool was given and with what other tools did in the same conversation. References are MITRE ATLAS (AML.*) and
 * ATT&CK. `novel`: the tool has a settled baseline and this is not in it. `first`: it has none.
 */

export interface AgentRule {
  readonly name: string;
  readonly pattern: BuiltInPattern;
  readonly description: string;
  readonly reference: readonly string[];
  readonly level: { readonly novel: Level; readonly first: Level | undefined };
  /** Completes "tool:NAME …"; `{0}` is the step before, `{1}` the deed. */
  readonly says: string;
}

function row<N extends string>(name: N, rule: Omit<AgentRule, 'name'>): AgentRule & { readonly name: N } {
  return { name, ...rule };
}

export const AGENT_RULES = {
  gainsShell: row('tool_gains_shell', {
    pattern: 'privilege_escalation',
    description: 'A tool with a settled baseline starts a shell, which it never did.',
    reference: ['AML.T0053', 'AML.T0050', 'T1059.004'],
    level: { novel: 'WARN', first: undefined },
    says: 'gained a shell it never used ({1})',
  }),
  gainsNetwork: row('tool_gains_network', {
    pattern: 'data_exfiltration',
    description: 'A tool with a settled baseline uses the network, which it never did.',
    reference: ['AML.T0053', 'AML.T0086', 'T1041'],
    level: { novel: 'WARN', first: undefined },
    says: 'gained network access it never used ({1})',
  }),
  gainsCredential: row('tool_gains_credential', {
    pattern: 'data_exfiltration',
    description: 'A tool with a settled baseline reads a secret, which it never did.',
    reference: ['AML.T0098', 'AML.T0053', 'T1552.001'],
    level: { novel: 'WARN', first: undefined },
    says: 'gained access to a secret it never used ({1})',
  }),
  injectedCommand: row('argument_injected_into_command', {
    pattern: 'privilege_escalation',
    description: 'Text of a tool argument breaks out into a command line that the tool composed.',
    reference: ['AML.T0051.001', 'AML.T0053', 'AML.T0050', 'T1059.004'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'ran a command line into which its argument slipped a command ({1})',
  }),
  argumentAsCommand: row('argument_as_command', {
    pattern: 'privilege_escalation',
    description: 'Text of a tool argument is run as a command by a tool that never ran such a one.',
    reference: ['AML.T0053', 'AML.T0050', 'T1059.004'],
    level: { novel: 'ALERT', first: 'LOG' },
    says: 'ran what its argument said ({1})',
  }),
  reviewedShellAbused: row('reviewed_shell_abused', {
    pattern: 'resource_abuse',
    description: 'A tool that may run a shell is made to destroy a home or a disk, or to send a secret away.',
    reference: ['AML.T0101', 'AML.T0086', 'AML.T0053', 'T1485'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'ran a command line that destroys, or sends a secret away ({1})',
  }),
  argumentAsPath: row('argument_as_path', {
    pattern: 'data_exfiltration',
    description: "A path in a tool argument leads out of the tool's folders.",
    reference: ['AML.T0053', 'AML.T0051.001', 'T1083'],
    level: { novel: 'WARN', first: 'LOG' },
    says: 'followed its argument out of the folders that it works in ({1})',
  }),
  argumentAsSecret: row('argument_as_secret', {
    pattern: 'data_exfiltration',
    description: 'A path in a tool argument leads to a secret.',
    reference: ['AML.T0098', 'AML.T0053', 'AML.T0051.001', 'T1552.001'],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'followed its argument to a secret ({1})',
  }),
  argumentAsHost: row('argument_as_host', {
    pattern: 'data_exfiltration',
    description: 'A host in a tool argument is one that the tool, which knows few, never talked to.',
    reference: ['AML.T0086', 'AML.T0053', 'T1041'],
    level: { novel: 'WARN', first: undefined },
    says: 'followed its argument to a host it never talked to ({1})',
  }),
  secretThenEgress: row('conversation_exfiltration', {
    pattern: 'data_exfiltration',
    description: 'A secret is taken and something is sent out in one conversation, by whichever tools.',
    reference: ['AML.T0086', 'AML.T0098', 'AML.T0051.001', 'T1041'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'sent something out ({1}) in a conversation in which a secret was taken ({0})',
  }),
  untrustedThenEgress: row('untrusted_then_egress', {
    pattern: 'data_exfiltration',
    description:
      'After content from outside was read, a tool of the same conversation reaches a place that is new to it.',
    reference: ['AML.T0051.001', 'AML.T0086', 'T1041'],
    level: { novel: 'WARN', first: undefined },
    says: 'reached a new place ({1}) after the conversation had read content from outside ({0})',
  }),
  untrustedThenAgentConfig: row('untrusted_then_agent_config', {
    pattern: 'privilege_escalation',
    description:
      "After content from outside was read, a tool of the same conversation changes an agent's configuration.",
    reference: ['AML.T0051.001', 'AML.T0081', 'T1546'],
    level: { novel: 'ALERT', first: 'ALERT' },
    says: 'changed the configuration of an agent ({1}) after the conversation had read content from outside ({0})',
  }),
  otherServerChanged: row('other_server_changed', {
    pattern: 'shadow_import',
    description: 'A tool of one MCP server changes what belongs to another one: its program, its settings, its data.',
    reference: ['AML.T0053', 'AML.T0081', 'AML.T0110', 'T1565.001'],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'changed a file of the MCP server {0} ({1})',
  }),
  otherServerRead: row('other_server_read', {
    pattern: 'data_exfiltration',
    description: 'A tool of one MCP server reads the data or the settings of another one.',
    reference: ['AML.T0053', 'AML.T0085', 'T1005'],
    level: { novel: 'WARN', first: 'LOG' },
    says: 'read a file of the MCP server {0} ({1})',
  }),
  contentNamesHost: row('content_names_destination', {
    pattern: 'data_exfiltration',
    description: 'A tool sends something to a place that it does not know and that stood in what a tool had read.',
    reference: ['AML.T0051.001', 'AML.T0086', 'T1041'],
    level: { novel: 'WARN', first: 'WARN' },
    says: 'sent something to a place ({1}) that stood in what the conversation had read',
  }),
  contentMovesFile: row('content_moves_file', {
    pattern: 'data_exfiltration',
    description:
      'In a conversation that reads a file of the application, something is sent to an address that stands, to the letter, in a document from outside: its author may have asked for it.',
    reference: ['AML.T0051.001', 'AML.T0086', 'AML.T0085', 'T1041'],
    level: { novel: 'WARN', first: 'WARN' },
    says: 'sent something to an address ({1}) that stood in a document from outside, in a conversation that had read a file ({0})',
  }),
  contentNamesProgram: row('content_names_program', {
    pattern: 'privilege_escalation',
    description: 'A tool fetches and runs a package that stood in what a tool had read and that nobody declares.',
    reference: ['AML.T0051.001', 'AML.T0053', 'AML.T0010.005', 'T1195.002'],
    level: { novel: 'ALERT', first: 'WARN' },
    says: 'fetched and ran a package whose name stood in what the conversation had read ({1})',
  }),
} as const;
