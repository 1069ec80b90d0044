import type { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { curves, findings, labelVariable, NONE, newDashboard, number, promql, ranking, WELL } from './parts.ts';

const S = 'job=~"$service"';
/* A counter that appears with its first finding has no increase: its height is what tells. */
const told = (labels: string, by: string) =>
  `sort_desc(sum by (${by}) (max_over_time(diogenesis_findings_total{${[S, labels].filter(Boolean).join(',')}}[$__range])))`;

/** All services at a glance. */
export function overview(): DashboardBuilder {
  return newDashboard('diogenesis-overview', 'Diogenesis: overview', 'What packages do that they never did.')
    .withVariable(labelVariable('service', 'job', 'diogenesis_field_coherence_ratio', true).label('Service'))
    .withPanel(number('Field coherence, lowest', `min(diogenesis_field_coherence_ratio{${S}})`, WELL, 'percentunit'))
    .withPanel(number('Voltage, lowest', `min(diogenesis_voltage_ratio{${S}}) or vector(1)`, WELL, 'percentunit'))
    .withPanel(
      number(
        'ALERT findings',
        `sum(max_over_time(diogenesis_findings_total{${S},diogenesis_finding_level="ALERT"}[$__range])) or vector(0)`,
        NONE,
      ),
    )
    .withPanel(number('Processes that report', `count(diogenesis_field_coherence_ratio{${S}})`, [[null, 'blue']]))
    .withPanel(
      curves(
        'Findings by level',
        'short',
        promql(`sum by (diogenesis_finding_level) (diogenesis_findings_total{${S}})`, '{{diogenesis_finding_level}}'),
      ),
    )
    .withPanel(
      curves(
        'Lowest voltages',
        'percentunit',
        promql(
          `bottomk(10, min by (job, diogenesis_package_name, diogenesis_package_version) (diogenesis_voltage_ratio{${S}}))`,
          '{{diogenesis_package_name}}@{{diogenesis_package_version}} in {{job}}',
        ),
      ).max(1),
    )
    .withPanel(ranking('Findings by package', told('', 'diogenesis_package_name, diogenesis_finding_level')))
    .withPanel(ranking('Findings by service and pattern', told('', 'job, diogenesis_finding_pattern')))
    .withPanel(
      findings('Newest findings', '{service_name=~"$service"} | diogenesis_finding_id != "" | severity_text != "INFO"'),
    )
    .withPanel(
      curves(
        'Field coherence by service',
        'percentunit',
        promql(`min by (job) (diogenesis_field_coherence_ratio{${S}})`, '{{job}}'),
      ).max(1),
    )
    .withPanel(
      curves(
        'Behaviors',
        'cps',
        promql(
          `sum by (diogenesis_sense, diogenesis_novel) (rate(diogenesis_behaviors_total{${S}}[$__rate_interval]))`,
          '{{diogenesis_sense}}, novel {{diogenesis_novel}}',
        ),
      ),
    )
    .withPanel(
      curves(
        'What Diogenesis costs, of a core',
        'percentunit',
        promql(`sum by (job) (rate(diogenesis_self_duration_seconds_total{${S}}[$__rate_interval]))`, '{{job}}'),
      ),
    )
    .withPanel(
      curves(
        'Errors of senses',
        'short',
        promql(
          `sum by (job, diogenesis_sense) (increase(diogenesis_self_errors_total{${S}}[$__rate_interval])) or vector(0)`,
          '{{diogenesis_sense}} in {{job}}',
        ),
      ),
    );
}
