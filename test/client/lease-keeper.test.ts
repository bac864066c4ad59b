import t from 'tap';
import type { V1Lease } from '../../src/api/index.js';
import { actorId } from '../../src/base/index.js';
import { createApiClient, createLeaseKeeper } from '../../src/client/index.js';
import { createFakeApi } from './fake-api.js';
import { createFakeWorld } from './fake-world.js';

void t.test(
  'a lease is made, renewed, made again when it is deleted, and no longer renewed after stop',
  async (t) => {
    const world = createFakeWorld();
    const api = createFakeApi(world);
    api.do({
      verb: 'create',
      resource: 'namespaces',
      body: { metadata: { name: 'kube-node-lease' } },
    });
    const context = world.context(api);
    const keeper = createLeaseKeeper(
      context,
      createApiClient(context, { server: actorId('api-server') }),
      {
        namespace: 'kube-node-lease',
        name: 'node-1',
        holderIdentity: 'node-1',
        leaseDurationSeconds: 40,
      },
    );
    const renewTime = (): string | undefined => api.all<V1Lease>('leases')[0]?.spec?.renewTime;
    keeper.start();
    await world.advance(100);
    t.match(api.all<V1Lease>('leases'), [
      {
        spec: {
          holderIdentity: 'node-1',
          leaseDurationSeconds: 40,
          renewTime: /^2026-01-01T00:00:00\.\d{6}Z$/,
        },
      },
    ]);
    const first = renewTime();
    await world.advance(11_000);
    t.not(renewTime(), first);
    api.do({ verb: 'delete', resource: 'leases', namespace: 'kube-node-lease', name: 'node-1' });
    await world.advance(11_000);
    t.equal(api.all('leases').length, 1);
    keeper.stop();
    const last = renewTime();
    await world.advance(60_000);
    t.equal(renewTime(), last);
  },
);
