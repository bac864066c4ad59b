import t from 'tap';
import * as api from '../../src/api/index.js';

const PODS = { group: '', resource: 'pods' };
const DEPLOYMENTS = { group: 'apps', resource: 'deployments' };

void t.test('each status has the code, reason and words of Kubernetes', (t) => {
  const cases: readonly (readonly [api.Status, number, string, string])[] = [
    [api.notFound(DEPLOYMENTS, 'x'), 404, 'NotFound', 'deployments.apps "x" not found'],
    [api.alreadyExists(PODS, 'x'), 409, 'AlreadyExists', 'pods "x" already exists'],
    [
      api.generateNameConflict(PODS, 'x', 1),
      409,
      'AlreadyExists',
      'pods "x" already exists, the server was not able to generate a unique name for the object',
    ],
    [
      api.conflict(DEPLOYMENTS, 'x'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; ' +
        'please apply your changes to the latest version and try again',
    ],
    [
      api.preconditionFailed(PODS, 'x', 'UID', 'a', 'b'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on pods "x": Precondition failed: UID in precondition: a, UID in object meta: b',
    ],
    [api.badRequest('no'), 400, 'BadRequest', 'no'],
    [
      api.forbidden('jane', 'list', DEPLOYMENTS, { namespace: 'default' }),
      403,
      'Forbidden',
      'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" ' +
        'in the namespace "default"',
    ],
    [
      api.forbidden('jane', 'get', PODS, {
        name: 'x',
        namespace: 'a',
        subresource: 'log',
        reason: 'why',
      }),
      403,
      'Forbidden',
      'pods "x" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "a": why',
    ],
    [
      api.forbidden('jane', 'get', { group: '', resource: 'nodes' }),
      403,
      'Forbidden',
      'nodes is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope',
    ],
    [
      api.forbiddenPath('jane', 'get', '/x'),
      403,
      'Forbidden',
      'forbidden: User "jane" cannot get path "/x"',
    ],
    [api.unauthorized(), 401, 'Unauthorized', 'Unauthorized'],
    [
      api.methodNotSupported(DEPLOYMENTS, 'delete'),
      405,
      'MethodNotAllowed',
      'delete is not supported on resources of kind "deployments.apps"',
    ],
    [
      api.notAcceptable(['application/json', 'application/yaml']),
      406,
      'NotAcceptable',
      'only the following media types are accepted: application/json, application/yaml',
    ],
    [
      api.unsupportedMediaType(['application/json']),
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json',
    ],
    [
      api.requestEntityTooLarge('limit is 3145728'),
      413,
      'RequestEntityTooLarge',
      'Request entity too large: limit is 3145728',
    ],
    [api.timeout('late'), 504, 'Timeout', 'Timeout: late'],
    [
      api.serverTimeout(PODS, 'create', 1),
      500,
      'ServerTimeout',
      'The create operation against pods could not be completed at this time, please try again.',
    ],
    [api.tooManyRequests('wait', 1), 429, 'TooManyRequests', 'wait'],
    [
      api.expired('too old resource version: 1 (2)'),
      410,
      'Expired',
      'too old resource version: 1 (2)',
    ],
    [
      api.resourceVersionTooLarge(9, 7),
      504,
      'Timeout',
      'Timeout: Too large resource version: 9, current: 7',
    ],
    [api.internalError('oh'), 500, 'InternalError', 'Internal error occurred: oh'],
    [api.serviceUnavailable('no quorum'), 503, 'ServiceUnavailable', 'no quorum'],
    [
      api.unprocessable(),
      422,
      'Invalid',
      'the server rejected our request due to an error in our request',
    ],
  ];
  for (const [status, code, reason, message] of cases) {
    t.match(
      status,
      { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
      reason,
    );
    t.ok(api.isStatus(status));
  }
  t.end();
});

void t.test('details name what the status is about', (t) => {
  t.same(api.notFound(DEPLOYMENTS, 'x').details, { name: 'x', group: 'apps', kind: 'deployments' });
  t.same(api.resourceVersionTooLarge(9, 7).details, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
  t.same(api.success(PODS, 'x', 'u'), {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'x', kind: 'pods', uid: 'u' },
    code: 200,
  });
  t.notOk(api.isStatus({ kind: 'Pod', apiVersion: 'v1' }));
  t.notOk(api.isStatus(null));
  t.end();
});

void t.test(
  'an invalid object is told of in full: one error bare, several in brackets, each once',
  (t) => {
    const kind = { group: 'apps', kind: 'Deployment' };
    const replicas: api.FieldError = {
      type: 'FieldValueInvalid',
      field: 'spec.replicas',
      badValue: -1,
      detail: 'must be greater than or equal to 0',
    };
    const name: api.FieldError = {
      type: 'FieldValueRequired',
      field: 'metadata.name',
      detail: 'name or generateName is required',
    };
    const one = api.invalid(kind, 'x', [replicas]);
    t.equal(
      one.message,
      'Deployment.apps "x" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
    t.same(one.details, {
      name: 'x',
      group: 'apps',
      kind: 'Deployment',
      causes: [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: -1: must be greater than or equal to 0',
          field: 'spec.replicas',
        },
      ],
    });
    t.equal(
      api.invalid(kind, 'x', [replicas, name, replicas]).message,
      'Deployment.apps "x" is invalid: [spec.replicas: Invalid value: -1: must be greater than or equal to 0, ' +
        'metadata.name: Required value: name or generateName is required]',
    );
    t.equal(api.invalid({ group: '', kind: 'Pod' }, 'x', []).message, 'Pod "x" is invalid');
    t.end();
  },
);

void t.test(
  'of errors without end the first thousand are told, or what fits into a mebibyte',
  (t) => {
    const errors = Array.from({ length: 5000 }, (_, at): api.FieldError => {
      const field = `spec.containers[${String(at)}].name`;
      return { type: 'FieldValueRequired', field, detail: '' };
    });
    const many = api.invalid({ group: '', kind: 'Pod' }, 'x', errors);
    t.equal(many.details?.causes?.length, 1000);
    t.match(
      many.message,
      /, spec\.containers\[999\]\.name: Required value, and 4000 more errors\]$/,
    );
    const badValue = 'x'.repeat(600_000);
    const long = errors.map((error): api.FieldError => ({ ...error, badValue }));
    const large = api.invalid(
      { group: '', kind: 'Pod' },
      'x',
      long.map((error) => ({ ...error, type: 'FieldValueInvalid' })),
    );
    t.equal(large.details?.causes?.length, 2);
    t.end();
  },
);

void t.test('field errors show the bad value as Go does', (t) => {
  const shown = (badValue: unknown): string => {
    return api.formatFieldError({ type: 'FieldValueInvalid', field: 'f', badValue, detail: '' });
  };
  t.equal(shown('a"b\n\u0001é'), 'f: Invalid value: "a\\"b\\n\\x01é"');
  t.equal(shown(1.5), 'f: Invalid value: 1.5');
  t.equal(shown({ a: '<b>' }), 'f: Invalid value: {"a":"\\u003cb\\u003e"}');
  t.equal(shown(null), 'f: Invalid value: null');
  t.equal(
    api.formatFieldError({
      type: 'FieldValueTooLong',
      field: 'f',
      badValue: 'x',
      detail: 'may not be more than 1 byte',
    }),
    'f: Too long: may not be more than 1 byte',
  );
  t.end();
});
