import { MERGE, itemsOf, withControllers } from './harness.js';

withControllers(
  '[sig-apps] DisruptionController should observe PodDisruptionBudget status updated',
  async (t, api) => {
    const labels = { app: 'web' };
    const budgets = api.in('policy/poddisruptionbudgets');
    await api.expect(201, 'POST', budgets, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b' },
      spec: { selector: { matchLabels: labels }, minAvailable: 1 },
    });
    const becomes = (what: string, wanted: Readonly<Record<string, unknown>>): Promise<void> =>
      api.eventually(what, async () => {
        const { status } = await api.expect(200, 'GET', `${budgets}/b`);
        const is = (status ?? {}) as Readonly<Record<string, unknown>>;
        return Object.entries(wanted).every(([name, value]) => is[name] === value);
      });
    await becomes('it has no pods', { expectedPods: 0, disruptionsAllowed: 0 });
    const selector = { matchLabels: labels };
    const template = {
      metadata: { labels },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    };
    await api.expect(201, 'POST', api.in('apps/deployments'), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 3, selector, template },
    });
    await becomes('its pods are seen', {
      expectedPods: 3,
      currentHealthy: 0,
      disruptionsAllowed: 0,
    });
    const pods = itemsOf(await api.expect(200, 'GET', api.in('pods')));
    const names = pods.map(({ metadata }) => metadata?.name ?? '');
    const conditions = [{ type: 'Ready', status: 'True' }];
    for (const name of names) {
      const status = { phase: 'Running', conditions };
      await api.expect(200, 'PATCH', `${api.in('pods')}/${name}/status`, { status }, MERGE);
    }
    await becomes('they are healthy', {
      expectedPods: 3,
      currentHealthy: 3,
      desiredHealthy: 1,
      disruptionsAllowed: 2,
    });
    const most = { minAvailable: null, maxUnavailable: '40%' };
    await api.expect(200, 'PATCH', `${budgets}/b`, { spec: most }, MERGE);
    await becomes('the Deployment is asked', {
      expectedPods: 3,
      desiredHealthy: 1,
      disruptionsAllowed: 2,
      observedGeneration: 2,
    });
    const one = { minAvailable: null, maxUnavailable: 1 };
    await api.expect(200, 'PATCH', `${budgets}/b`, { spec: one }, MERGE);
    await becomes('one may go', { desiredHealthy: 2, disruptionsAllowed: 1 });
    const [evicted = ''] = names;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: evicted } };
    await api.expect(201, 'POST', `${api.in('pods')}/${evicted}/eviction`, eviction);
    const other = { ...eviction, metadata: { name: names[1] } };
    await api.expect(429, 'POST', `${api.in('pods')}/${names[1] ?? ''}/eviction`, other);
    await becomes('it went', { expectedPods: 3, currentHealthy: 2, disruptionsAllowed: 0 });
    t.pass();
  },
);
