import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What the recorder of elections counts. */
const ELECTIONS = [
  'kubactor_elections_total',
  'kubactor_election_duration_seconds',
  'kubactor_election_write_gap_seconds',
];

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

/** Of all metrics that the sources define. */
function metricNames(): Set<string> {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const names = files
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .flatMap((file) => [
      ...readFileSync(path.join(ROOT, 'src', file), 'utf8').matchAll(
        /'((?:kubactor|apiserver|process)_[a-z_]+)'/g,
      ),
    ])
    .map(([, name = '']) => name);
  return new Set([...names, ...ELECTIONS]);
}

function unknownIn(expressions: readonly string[]): string[] {
  const known = metricNames();
  const used = expressions.flatMap(
    (expression) => expression.match(/(?:kubactor|apiserver|process)_[a-z_]+/g) ?? [],
  );
  t.ok(used.length > 0);
  return used.filter(
    (name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')),
  );
}

t.test(
  'the dashboard asks for metrics that there are, and its panels do not overlap',
  async (t) => {
    const dashboard = JSON.parse(
      readFileSync(path.join(ROOT, 'config/observe/grafana-dashboard.json'), 'utf8'),
    ) as { panels: Panel[] };
    const { panels } = dashboard;
    t.same(unknownIn(panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr))), []);
    t.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const [i, { gridPos: a, title }] of panels.entries()) {
      t.ok(a.x + a.w <= 24, title);
      for (const { gridPos: b } of panels.slice(i + 1))
        if (a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h) t.fail(title);
    }
  },
);

t.test('the alerts ask for metrics that there are, and each says what is wrong', async (t) => {
  const { groups } = parse(readFileSync(path.join(ROOT, 'config/observe/alerts.yaml'), 'utf8')) as {
    groups: { rules: Rule[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  t.same(unknownIn(rules.map(({ expr }) => expr)), []);
  for (const { alert, labels, annotations } of rules) {
    t.match(labels.severity, /^(info|warning|critical)$/, alert);
    t.ok(annotations.summary, alert);
  }
  t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
});
