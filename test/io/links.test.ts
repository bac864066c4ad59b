import path from 'node:path';
import t from 'tap';
import { actorId } from '../../src/base/index.js';
import type { ActorEvent } from '../../src/actor/index.js';
import type { MessengerReport } from './actors/protocol.js';
import { bundleActors } from './bundle.js';
import { withinMs } from './kill-loop.js';
import { child, nextEvent, supervisor, temporaryFolder, testSystem } from './system-of.js';
import type { TestSystem } from './system-of.js';

t.setTimeout(120_000);
const entryUrl = await bundleActors(path.join(temporaryFolder(), 'actors'));

async function twoMessengers(): Promise<TestSystem> {
  const ann = child('ann', 'messenger', { target: 'bob' }, { links: [actorId('bob')] });
  const bob = child('bob', 'messenger', { target: 'ann' });
  const system = testSystem(supervisor([ann, bob], { intensity: 100 }), undefined, entryUrl);
  await system.ready();
  return system;
}

async function inject(
  system: TestSystem,
  id: string,
  fault: { type: string; [field: string]: unknown },
): Promise<void> {
  const injected = await system.inject(id, fault, 5000);
  if (!injected.ok) throw new Error(injected.error.message);
}

/** The report of an actor, once all of these happened to it. */
function seen(system: TestSystem, id: string, ...events: string[]): Promise<MessengerReport> {
  return withinMs(10_000, `${id}: ${events.join(', ')}`, async () => {
    for (;;) {
      const report = await system.report(id, 5000);
      const value = report.ok ? (report.value as MessengerReport) : undefined;
      if (value !== undefined && events.every((event) => value.events.includes(event)))
        return value;
    }
  });
}

const died = (id: string) => (event: ActorEvent) => event.type === 'died' && event.id === id;
const ready = (id: string, life: number) => (event: ActorEvent) =>
  event.type === 'ready' && event.id === id && event.incarnation === life;

t.test('a frame that cannot be read breaks the link of both, who get a new one', async (t) => {
  const system = await twoMessengers();
  await inject(system, 'ann', { type: 'tell', note: 'before' });
  await seen(system, 'bob', 'note before');
  await inject(system, 'ann', { type: 'damage', frames: 1 });
  await inject(system, 'ann', { type: 'ask', request: 'lost' });
  const broken = ['up 1', 'down 1 link-broken', 'up 1'];
  const ann = await seen(system, 'ann', 'down 1 link-broken', 'actor-down');
  const bob = await seen(system, 'bob', 'down 1 link-broken');
  t.equal(bob.counts.linksBroken, 1);
  t.equal(ann.counts.asksPending, 0);
  await withinMs(10_000, 'the new link', async () => {
    for (;;) {
      const { events } = await seen(system, 'ann');
      if (events.filter((event) => event === 'up 1').length === 2) return;
    }
  });
  await inject(system, 'ann', { type: 'ask', request: 'again' });
  t.same(
    (await seen(system, 'ann', 'answer again')).events.filter((event) => /^(up|down)/.test(event)),
    broken,
  );
  t.same((await seen(system, 'bob')).events, ['up 1', 'note before', ...broken.slice(1)]);
  t.match(system.actors(), [
    { id: 'ann', incarnation: 1, mailboxMessages: 0 },
    { id: 'bob', incarnation: 1, mailboxMessages: 0 },
  ]);
  await system.stop();
});

t.test('an actor that sends many such frames is crashed, with the reason', async (t) => {
  const system = await twoMessengers();
  const death = nextEvent(system, died('ann'));
  const rebirth = nextEvent(system, ready('ann', 2));
  await inject(system, 'ann', { type: 'damage', frames: 100 });
  const sending = (async () => {
    while (system.events.every((event) => !died('ann')(event)))
      await system.inject('ann', { type: 'tell', note: 'noise' }, 5000);
  })();
  t.match(await withinMs(20_000, 'the death', () => death), {
    cause: 'crash',
    message: /^its link to bob broke 4 times within 60 s/,
  });
  await rebirth;
  await sending;
  await inject(system, 'ann', { type: 'tell', note: 'sound' });
  await seen(system, 'bob', 'note sound');
  t.match(system.actors()[1], { id: 'bob', incarnation: 1, restarts: 0 });
  await system.stop();
});

t.test('transferred bytes cross threads, and leave their sender', async (t) => {
  const system = await twoMessengers();
  await inject(system, 'ann', { type: 'transfer', bytes: 500_000 });
  const bob = await seen(system, 'bob', '500000 bytes of 7');
  const ann = await seen(system, 'ann', 'left with 0 bytes');
  t.ok(bob.counts.bytesIn >= 500_000);
  t.equal(ann.counts.bytesOut >= 500_000, true);
  t.match(bob.counts, { messagesIn: 1, messagesHandled: 1 });
  await system.stop();
});

t.test('a monitor and a behaviour hear why an actor died', async (t) => {
  const system = await twoMessengers();
  await inject(system, 'ann', { type: 'monitor' });
  const rebirth = nextEvent(system, ready('bob', 2));
  await inject(system, 'ann', { type: 'fail', reason: 'out of ideas' });
  await rebirth;
  const { events } = await seen(system, 'ann', 'monitor crash: out of ideas', 'up 2');
  t.same(events.slice(0, 3), ['up 1', 'down 1 died', 'exited 1 crash: out of ideas']);
  await inject(system, 'ann', { type: 'monitor' });
  await system.kill('bob');
  await seen(system, 'ann', 'monitor chaos: killed on purpose');
  await system.stop();
});

t.test('linked actors die together, with the reason, unless the exit is normal', async (t) => {
  const system = await twoMessengers();
  await inject(system, 'ann', { type: 'link' });
  await inject(system, 'ann', { type: 'tell', note: 'linked' });
  await seen(system, 'bob', 'note linked');
  const death = nextEvent(system, died('bob'));
  const rebirths = [nextEvent(system, ready('ann', 2)), nextEvent(system, ready('bob', 2))];
  await inject(system, 'bob', { type: 'fail', reason: 'no way' });
  t.match(await withinMs(10_000, 'the other death', () => death), {
    cause: 'crash',
    message: 'linked to ann, which died: no way',
  });
  await Promise.all(rebirths);
  await inject(system, 'bob', { type: 'link' });
  await system.stop();
  t.same(
    system.events.flatMap((event) =>
      event.type === 'died' && event.incarnation === 2 ? [event.cause] : [],
    ),
    ['normal', 'normal'],
    'nobody dies of a stop',
  );
});
