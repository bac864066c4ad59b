import t from 'tap';
import type { Test } from 'tap';
import { actorId } from '../../../src/base/index.js';
import { controllerManager } from '../../../src/controllers/index.js';
import { newTokenKeyPem, tokenKey } from '../../../src/io/crypto/index.js';
import { scheduler } from '../../../src/scheduler/index.js';
import { createApiWorld } from '../api-world.js';
import type { ApiWorld, Json, RequestOptions } from '../api-world.js';
import { fakeWebhooks } from '../fake-webhooks.js';
import type { FakeWebhooks } from '../fake-webhooks.js';
import type { ConformanceName } from './registry.js';

export type Tap = Test;

/** What a conformance test gets: an API server that others use, too, and a namespace of its own. */
export interface Api {
  readonly world: ApiWorld;
  readonly namespace: string;
  /** Those that the API server can call. */
  readonly webhooks: FakeWebhooks;
  /** The body of the answer; throws where its status is another. */
  expect(
    status: number,
    method: string,
    url: string,
    body?: unknown,
    options?: RequestOptions,
  ): Promise<Json>;
  /** Lets time pass until it holds, which is looked at each tenth of a second; throws after a minute of it. */
  eventually(what: string, holds: () => Promise<boolean>): Promise<void>;
  /** `pods` is `/api/v1/namespaces/NAMESPACE/pods`; `apps/deployments` is `/apis/apps/v1/…`. */
  in(resource: string): string;
}

const webhooks = fakeWebhooks();
let shared: Promise<ApiWorld> | undefined;
let namespaces = 0;

/** A test that does what the conformance test of this name does, in our words. */
export function conformance(name: ConformanceName, run: (t: Tap, api: Api) => Promise<void>): void {
  void t.test(name, async (t) => {
    shared ??= started();
    const api = apiOf(await shared, `conformance-${String(++namespaces)}`);
    await api.expect(201, 'POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: api.namespace },
    });
    await run(t, api);
    t.same(api.world.crashes, []);
  });
}

/**
 * The same where what is tested is done by a controller: a controller manager and a scheduler stand beside the API server, but no kubelet.
 */
export function withControllers(
  name: ConformanceName,
  run: (t: Tap, api: Api) => Promise<void>,
): void {
  conformance(name, async (t, api) => {
    if (!managed) {
      managed = true;
      const context = api.world.context('controller-manager');
      const manager = controllerManager();
      const server = actorId('api-server');
      await manager(context, { server, caPem: 'the CA' }).start();
      await scheduler()(api.world.context('scheduler'), { server }).start();
      await api.world.advance(1_000);
    }
    await run(t, api);
  });
}

let managed = false;

async function started(): Promise<ApiWorld> {
  const world = createApiWorld({}, { tokenKey: tokenKey(newTokenKeyPem()), webhooks });
  await world.start();
  return world;
}

function apiOf(world: ApiWorld, namespace: string): Api {
  return {
    world,
    namespace,
    webhooks,
    expect: async (status, method, url, body, options) => {
      const answer = await world.http(method, url, body, options);
      if (answer.status !== status)
        throw new Error(`${method} ${url}: ${String(answer.status)} ${answer.text}`);
      return answer.body;
    },
    eventually: async (what, holds) => {
      for (let tries = 0; !(await holds()); tries++) {
        if (tries === 600) throw new Error(`not within a minute: ${what}`);
        await world.advance(100);
      }
    },
    in: (resource) => {
      const [group, name] = resource.includes('/') ? resource.split('/') : ['', resource];
      const root = group === '' ? '/api/v1' : `/apis/${group ?? ''}/v1`;
      return `${root}/namespaces/${namespace}/${name ?? ''}`;
    },
  };
}

export const MERGE = { type: 'application/merge-patch+json' } as const;
export const STRATEGIC = { type: 'application/strategic-merge-patch+json' } as const;
export const JSON_PATCH = { type: 'application/json-patch+json' } as const;
export const APPLY = { type: 'application/apply-patch+yaml' } as const;

export const itemsOf = (list: Json): Json[] => (list['items'] ?? []) as Json[];
export const namesOf = (list: Json): string[] =>
  itemsOf(list).map((item) => item.metadata?.name ?? '');
export const versionOf = (object: Json): string => object.metadata?.resourceVersion ?? '';
