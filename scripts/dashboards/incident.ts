import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as table from '@grafana/grafana-foundation-sdk/table';
import { curves, findings, labelVariable, newDashboard, promql, TRACES, traceql } from './parts.ts';

const S = 'job=~"$service"';

/** One trace with its findings, and what the service's metrics said meanwhile. */
export function incident(): dashboard.DashboardBuilder {
  return newDashboard('diogenesis-incident', 'Diogenesis: one incident', 'Trace, log records and metrics of a finding.')
    .withVariable(new dashboard.TextBoxVariableBuilder('trace').label('Trace').defaultValue(''))
    .withVariable(labelVariable('service', 'job', 'diogenesis_findings_total', true).label('Service'))
    .withPanel(findings('What was found in this trace', '{service_name=~".+"} | trace_id = "$trace"'))
    .withPanel(
      // The trace view has no builder in the SDK.
      new dashboard.PanelBuilder()
        .type('traces')
        .title('The trace')
        .datasource(TRACES)
        .withTarget(traceql('$trace'))
        .height(14)
        .span(24),
    )
    .withPanel(
      curves(
        'Findings of the service',
        'short',
        promql(
          `sum by (diogenesis_package_name, diogenesis_finding_level) (diogenesis_findings_total{${S}})`,
          '{{diogenesis_finding_level}} {{diogenesis_package_name}}',
        ).exemplar(true),
      ),
    )
    .withPanel(
      curves(
        'Its packages',
        'percentunit',
        promql(
          `min by (diogenesis_package_name, diogenesis_package_version) (diogenesis_voltage_ratio{${S}})`,
          '{{diogenesis_package_name}}@{{diogenesis_package_version}}',
        ),
      ).max(1),
    )
    .withPanel(
      new table.PanelBuilder()
        .title('Other traces with an ALERT')
        .datasource(TRACES)
        .withTarget(traceql('{ span.diogenesis.threat.level = "ALERT" && resource.service.name =~ "$service" }'))
        .height(8)
        .span(24),
    );
}
