/** What the dashboards have in common: where data comes from, and panels in one style. */
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as logs from '@grafana/grafana-foundation-sdk/logs';
import * as loki from '@grafana/grafana-foundation-sdk/loki';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as tempo from '@grafana/grafana-foundation-sdk/tempo';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/* Variables of the dashboard, so that it can be imported beside any names of data sources. */
export const METRICS = { type: 'prometheus', uid: `\${metrics}` };
export const LOGS = { type: 'loki', uid: `\${logs}` };
export const TRACES = { type: 'tempo', uid: `\${traces}` };

export function newDashboard(uid: string, title: string, description: string): dashboard.DashboardBuilder {
  const source = (name: string, type: string) =>
    new dashboard.DatasourceVariableBuilder(name).type(type).current({ text: type, value: type });
  return new dashboard.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['diogenesis'])
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .editable()
    .link(
      new dashboard.DashboardLinkBuilder('Diogenesis')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags(['diogenesis'])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(source('metrics', 'prometheus'))
    .withVariable(source('logs', 'loki'))
    .withVariable(source('traces', 'tempo'));
}

/** A variable with the values of a label. */
export function labelVariable(
  name: string,
  label: string,
  of: string,
  isMulti: boolean,
): dashboard.QueryVariableBuilder {
  const variable = new dashboard.QueryVariableBuilder(name)
    .datasource(METRICS)
    .query({ query: `label_values(${of}, ${label})`, refId: name })
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
  if (!isMulti) return variable;
  return variable.multi(true).includeAll(true).allValue('.+').current({ text: 'All', value: '$__all' });
}

export function promql(expr: string, legend = '', isInstant = false): prometheus.DataqueryBuilder {
  const query = new prometheus.DataqueryBuilder().refId('A').datasource(METRICS).expr(expr).legendFormat(legend);
  return isInstant ? query.instant().format(prometheus.PromQueryFormat.Table) : query.range();
}

export function logql(expr: string): loki.DataqueryBuilder {
  return new loki.DataqueryBuilder().refId('A').datasource(LOGS).expr(expr).queryType('range');
}

export function traceql(query: string): tempo.DataqueryBuilder {
  return new tempo.DataqueryBuilder().refId('A').datasource(TRACES).queryType('traceql').query(query).limit(50);
}

type Steps = readonly (readonly [number | null, string])[];

function thresholds(steps: Steps): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

/** 1 is well. */
export const WELL: Steps = [
  [null, 'red'],
  [0.5, 'orange'],
  [0.8, 'green'],
];
/** 0 is well. */
export const NONE: Steps = [
  [null, 'green'],
  [1, 'red'],
];

export function number(title: string, expr: string, steps: Steps, unit = 'short'): stat.PanelBuilder {
  return new stat.PanelBuilder()
    .title(title)
    .datasource(METRICS)
    .unit(unit)
    .thresholds(thresholds(steps))
    .withTarget(promql(expr, title))
    .height(4)
    .span(6);
}

export function curves(
  title: string,
  unit: string,
  ...targets: prometheus.DataqueryBuilder[]
): timeseries.PanelBuilder {
  const legend = new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom);
  const panel = new timeseries.PanelBuilder()
    .legend(legend)
    .title(title)
    .datasource(METRICS)
    .unit(unit)
    .min(0)
    .height(8)
    .span(12);
  for (const target of targets) panel.withTarget(target);
  return panel;
}

/** A row for each combination of labels, the value last. */
export function ranking(title: string, expr: string): table.PanelBuilder {
  return new table.PanelBuilder()
    .title(title)
    .datasource(METRICS)
    .withTarget(promql(expr, '', true))
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true } } })
    .height(8)
    .span(12);
}

/** Log records of findings; their trace leads to the dashboard of the incident. */
export function findings(title: string, expr: string): logs.PanelBuilder {
  return new logs.PanelBuilder()
    .title(title)
    .datasource(LOGS)
    .withTarget(logql(expr))
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .overrideByName('trace_id', [
      {
        id: 'links',
        value: [{ title: 'Incident', url: `/d/diogenesis-incident?var-trace=\${__value.raw}&\${__url_time_range}` }],
      },
    ])
    .height(10)
    .span(24);
}
