import t from 'tap';
import { parseRequestTarget } from '../../src/apiserver/request-info.js';
import { isWatch } from '../../src/gateway/watch-request.js';

const CASES: readonly (readonly [url: string, watch: boolean, method?: string])[] = [
  ['/api/v1/pods?watch=true', true],
  ['/api/v1/pods?watch=1', true],
  ['/api/v1/pods?watch', true],
  ['/api/v1/pods?watch=', true],
  ['/api/v1/pods?watch=yes', true],
  ['/api/v1/pods?watch=false', false],
  ['/api/v1/pods?watch=False', false],
  ['/api/v1/pods?watch=0', false],
  ['/api/v1/pods?w%61tch=%74rue', true],
  ['/api/v1/pods', false],
  ['/api/v1/pods?limit=500', false],
  ['/api/v1/pods?xwatch=true', false],
  ['/api/v1/pods?watch=false&watch=true', false],
  ['/api/v1/pods?watch=true&watch=false', true],
  ['/api/v1/namespaces/a/pods?watch=true', true],
  ['/api/v1/namespaces?watch=true', true],
  ['/api/v1/namespaces/a?watch=true', false],
  ['/api/v1/namespaces/a/pods/p?watch=true', false],
  ['/api/v1/namespaces/a/pods/p/log?follow=true&watch=true', false],
  ['/apis/apps/v1/deployments?watch=true', true],
  ['/apis/apps/v1/namespaces/a/deployments/d/status?watch=true', false],
  ['/api/v1/watch/pods', true],
  ['/api/v1/watch/namespaces/a/pods/p', true],
  ['/api/v1/watch', false],
  ['/api/v1?watch=true', false],
  ['/healthz?watch=true', false],
  ['/?watch=true', false],
  ['/api/v1/pods?watch=true', false, 'POST'],
  ['/api/v1/pods?watch=true', false, 'DELETE'],
];

t.test('a watch is told by its URL, as the API server tells it', async (t) => {
  for (const [url, watch, method = 'GET'] of CASES) {
    t.equal(isWatch({ method, url }), watch, `${method} ${url}`);
    const target = parseRequestTarget(method, url);
    t.equal(
      target?.type === 'resource' && target.target.verb === 'watch',
      watch,
      `the API server: ${method} ${url}`,
    );
  }
});
