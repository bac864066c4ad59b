import t from 'tap';
import { actorId, failed, ok } from '../../src/base/index.js';
import { computedRules, kubeProxy, type RulesPort, type RuleTable } from '../../src/proxy/index.js';
import { createFakeApi, type FakeApi } from '../client/fake-api.js';
import { createFakeWorld, type FakeWorld } from '../client/fake-world.js';

interface ProxyWorld {
  readonly world: FakeWorld;
  readonly api: FakeApi;
  readonly applied: RuleTable[];
  failures: number;
  service(name: string): void;
  slice(service: string, ip: string): void;
  /** Time with turns: a turn ends after each event. */
  run(ms: number): Promise<void>;
}

function proxyWorld(): ProxyWorld {
  const world = createFakeWorld();
  const api = createFakeApi(world);
  api.do({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'shop' } } });
  const applied: RuleTable[] = [];
  const computed = computedRules();
  const rules: RulesPort = {
    apply(table) {
      if (self.failures > 0) {
        self.failures--;
        return Promise.resolve(failed({ code: 'failed', message: 'nft: busy' }));
      }
      applied.push(table);
      void computed.apply(table);
      return Promise.resolve(ok(undefined));
    },
    report: () => computed.report(),
  };
  const config = {
    server: actorId('api-server'),
    nodeName: 'node-1',
    mode: 'auto',
    clusterCidr: '10.244.0.0/16',
  };
  const behaviour = kubeProxy({ rules })(world.context(api), config);
  void behaviour.start();
  const self: ProxyWorld = {
    world,
    api,
    applied,
    failures: 0,
    service: (name) => {
      const spec = {
        clusterIP: '10.96.0.7',
        clusterIPs: ['10.96.0.7'],
        ports: [{ port: 80, protocol: 'TCP' }],
      };
      api.do({
        verb: 'create',
        resource: 'services',
        namespace: 'shop',
        body: { metadata: { name }, spec },
      });
    },
    slice: (service, ip) => {
      const labels = { 'kubernetes.io/service-name': service };
      const body = {
        metadata: { name: `${service}-${ip}`, labels },
        addressType: 'IPv4',
        ports: [{ port: 8080 }],
        endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      };
      api.do({ verb: 'create', resource: 'endpointslices', namespace: 'shop', body });
    },
    run: async (ms) => {
      for (let passed = 0; passed < ms; passed++) {
        await world.advance(1);
        behaviour.turnEnd?.();
      }
    },
  };
  return self;
}

t.test('the whole table is applied once all is known, and again after a change', async (t) => {
  const w = proxyWorld();
  w.service('web');
  w.slice('web', '10.244.0.2');
  await w.run(50);
  t.match(w.applied, [[{ name: 'shop/web', backends: [{ ip: '10.244.0.2', port: 8080 }] }]]);
  await w.run(200);
  w.slice('web', '10.244.0.3');
  await w.run(200);
  t.equal(w.applied.length, 2);
  t.equal(w.applied[1]?.[0]?.backends.length, 2);
});

t.test('many changes at once are few tables; none is none', async (t) => {
  const w = proxyWorld();
  await w.run(300);
  w.service('web');
  for (let i = 2; i < 52; i++) {
    w.slice('web', `10.244.0.${i}`);
    await w.run(2);
  }
  await w.run(300);
  t.ok(w.applied.length <= 4, `${w.applied.length} tables`);
  t.equal(w.applied.at(-1)?.[0]?.backends.length, 50);
  const count = w.applied.length;
  await w.run(2000);
  t.equal(w.applied.length, count);
});

t.test('a table that cannot be applied is tried again', async (t) => {
  const w = proxyWorld();
  w.failures = 2;
  w.service('web');
  await w.run(1500);
  t.equal(w.applied.length, 0);
  await w.run(1500);
  t.equal(w.applied.length, 1);
});

t.test('nodes agree on the hash of their tables, whatever is local to them', async (t) => {
  const [one, two] = [computedRules(), computedRules()];
  const rule = (local: boolean, ip = '10.244.0.2') =>
    ({
      name: 'shop/web',
      protocol: 'TCP',
      clusterIPs: ['10.96.0.7'],
      externalIPs: [],
      loadBalancerIPs: [],
      port: 80,
      nodePort: undefined,
      affinitySeconds: undefined,
      backends: [{ ip, port: 8080, local }],
      externalBackends: [],
      externalPolicy: 'Cluster',
    }) as const;
  await one.apply([rule(true)]);
  await two.apply([rule(false)]);
  t.equal(one.report()['hash'], two.report()['hash']);
  await two.apply([rule(false, '10.244.0.3')]);
  t.not(one.report()['hash'], two.report()['hash']);
});
