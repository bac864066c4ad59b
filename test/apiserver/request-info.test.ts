import t from 'tap';
import { parseRequestTarget } from '../../src/apiserver/request-info.js';

const cases = [
  ['GET', '/api/v1/pods', 'list  v1 pods ns= name= sub='],
  ['GET', '/api/v1/pods?watch=true', 'watch  v1 pods ns= name= sub='],
  ['GET', '/api/v1/pods?watch=false', 'list  v1 pods ns= name= sub='],
  ['GET', '/api/v1/watch/namespaces/a/pods', 'watch  v1 pods ns=a name= sub='],
  ['GET', '/api/v1/namespaces/a/pods/b', 'get  v1 pods ns=a name=b sub='],
  ['GET', '/api/v1/namespaces/a/pods/b/log', 'get  v1 pods ns=a name=b sub=log'],
  ['GET', '/api/v1/namespaces/a', 'get  v1 namespaces ns=a name=a sub='],
  ['PUT', '/api/v1/namespaces/a/finalize', 'update  v1 namespaces ns=a name=a sub=finalize'],
  ['PATCH', '/api/v1/namespaces/a/status', 'patch  v1 namespaces ns=a name=a sub=status'],
  ['POST', '/apis/apps/v1/namespaces/a/deployments', 'create apps v1 deployments ns=a name= sub='],
  [
    'DELETE',
    '/apis/apps/v1/namespaces/a/deployments',
    'deletecollection apps v1 deployments ns=a name= sub=',
  ],
  [
    'DELETE',
    '/apis/apps/v1/namespaces/a/deployments/b',
    'delete apps v1 deployments ns=a name=b sub=',
  ],
  [
    'GET',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
    'get rbac.authorization.k8s.io v1 clusterroles ns= name=system:node sub=',
  ],
  ['GET', '/api/v1', 'path get /api/v1'],
  ['GET', '/apis/apps/v1', 'path get /apis/apps/v1'],
  ['GET', '/readyz?verbose', 'path get /readyz'],
  ['OPTIONS', '/api/v1/pods', 'path options /api/v1/pods'],
  ['GET', '/api/v1/pods/%zz', 'undecodable'],
] as const;

t.test('a method and a URL say what a request is about', (t) => {
  for (const [method, url, expected] of cases) {
    const read = parseRequestTarget(method, url);
    let text = 'undecodable';
    if (read?.type === 'path') text = `path ${read.verb} ${read.path}`;
    if (read?.type === 'resource') {
      const { verb, group, version, resource, namespace, name, subresource } = read.target;
      text = `${verb} ${group} ${version} ${resource} ns=${namespace} name=${name} sub=${subresource}`;
    }
    t.equal(text, expected, `${method} ${url}`);
  }
  t.end();
});

t.test('the first value of a parameter counts, but for those that may be repeated', (t) => {
  const query = 'pretty=1&pretty=2&command=ls&command=-l&dryRun=All&dryRun=Some';
  const read = parseRequestTarget('POST', `/api/v1/namespaces/a/pods/b/exec?${query}`);
  t.match(read, {
    query: { pretty: '1', command: 'ls', dryRun: 'All' },
    repeated: { command: ['ls', '-l'], dryRun: ['All', 'Some'] },
  });
  t.notOk('repeated' in (parseRequestTarget('GET', '/api/v1/pods?limit=1&limit=2') ?? {}));
  t.end();
});
