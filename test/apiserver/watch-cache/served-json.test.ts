import t from 'tap';
import {
  cachedObject,
  decodeStored,
  encodeStored,
} from '../../../src/apiserver/watch-cache/cached-object.js';
import { joinJson } from '../../../src/apiserver/watch-cache/served-json.js';

const encoder = new TextEncoder();
const metadata = { name: 'web', labels: { app: 'wéb' } };

/** As Kubernetes objects come to be stored, and as others may store them. */
const STORED: Readonly<Record<string, Uint8Array>> = {
  'as it is written here': encodeStored({ kind: 'Pod', apiVersion: 'v1', metadata }),
  'the other order': encodeStored({ apiVersion: 'apps/v1', kind: 'Deployment', metadata }),
  'its metadata last, behind another one': encodeStored({
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    spec: { template: { metadata: { name: 'inner' } } },
    metadata,
  }),
  'empty metadata': encodeStored({ kind: 'Pod', apiVersion: 'v1', metadata: {} }),
  'a kind with a quote': encodeStored({ kind: 'P"o\\d', apiVersion: 'v1', metadata }),
  'a kind beyond ASCII': encodeStored({ kind: 'Pöd', apiVersion: 'v1', metadata }),
  'of another object it names the version': encodeStored({
    kind: 'Event',
    apiVersion: 'v1',
    metadata,
    involvedObject: { resourceVersion: '7' },
  }),
  'a resourceVersion that somebody stored': encoder.encode(
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","resourceVersion":"1"}}',
  ),
  'over several lines': encoder.encode(
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web",\n "uid":"1"}}',
  ),
  'without metadata': encoder.encode('{"kind":"Pod","apiVersion":"v1"}'),
};

for (const [what, bytes] of Object.entries(STORED)) {
  t.test(`an object is served as it is stored, with its resourceVersion: ${what}`, (t) => {
    const cached = cachedObject('/registry/pods/default/web', 4711, bytes);
    const text = new TextDecoder().decode(joinJson('', [cached], ''));
    t.same(JSON.parse(text), decodeStored(bytes, 4711));
    t.notMatch(text, '\n', 'on one line, as a watch has it');
    t.equal(text.match(/"resourceVersion":"4711"/g)?.length, 1);
    t.end();
  });
}

t.test('objects are joined by commas, whether they are served as stored or not', (t) => {
  const all = Object.values(STORED).map((bytes, i) => cachedObject(`/${String(i)}`, i + 1, bytes));
  for (const items of [[], all.slice(0, 1), all]) {
    const text = new TextDecoder().decode(joinJson('{"items":[', items, ']}\n'));
    t.same(JSON.parse(text), {
      items: items.map(({ bytes, revision }) => decodeStored(bytes, revision)),
    });
  }
  t.end();
});

t.test('a view of another version is served as it was made, not as it is stored', (t) => {
  const bytes = encodeStored({ kind: 'Crontab', apiVersion: 'example.com/v1', metadata });
  const object = { kind: 'Crontab', apiVersion: 'example.com/v2', metadata };
  const view = { ...cachedObject('/crontab', 3, bytes), object, isView: true };
  t.same(JSON.parse(new TextDecoder().decode(joinJson('', [view], ''))), object);
  t.end();
});
