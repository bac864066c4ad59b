import t from 'tap';
import { afterDeath, afterFailure, HAND_OVERS_MAX } from '../../src/gateway/retry-rules.js';

t.test('what becomes of a request that got no answer', async (t) => {
  for (const [code, method, handOvers, expected] of [
    ['actor-down', 'GET', 0, 'send-again'],
    ['actor-down', 'POST', 0, 'send-again'],
    ['actor-down', 'GET', 1, 'send-again'],
    ['actor-down', 'HEAD', 1, 'send-again'],
    ['actor-down', 'OPTIONS', 1, 'send-again'],
    ['actor-down', 'POST', 1, 'unanswered'],
    ['actor-down', 'PUT', 1, 'unanswered'],
    ['actor-down', 'PATCH', 1, 'unanswered'],
    ['actor-down', 'DELETE', 1, 'unanswered'],
    ['actor-down', 'GET', HAND_OVERS_MAX, 'unanswered'],
    ['timeout', 'GET', 0, 'unavailable'],
    ['timeout', 'POST', 0, 'unavailable'],
    ['timeout', 'GET', 1, 'unanswered'],
    ['timeout', 'POST', 1, 'unanswered'],
    ['canceled', 'POST', 0, 'unavailable'],
    ['canceled', 'GET', 1, 'unanswered'],
    ['overloaded', 'POST', 0, 'overloaded'],
    ['overloaded', 'GET', 1, 'unanswered'],
  ] as const) {
    t.equal(
      afterFailure({ code }, method, handOvers),
      expected,
      `${code} ${method}, handed over ${handOvers} times`,
    );
  }
  t.throws(() => afterFailure({ code: 'unknown-operation' }, 'GET', 0));
  t.throws(() => afterFailure({ code: 'not-encodable' }, 'GET', 0));
});

t.test('what becomes of a watch whose API server died', async (t) => {
  for (const [bytesSent, resumeAfter, deathsInARow, expected] of [
    [false, undefined, 1, 'start-over'],
    [true, '7', 1, 'resume'],
    [true, undefined, 1, 'end'],
    [false, undefined, HAND_OVERS_MAX, 'end'],
    [true, '7', HAND_OVERS_MAX, 'end'],
  ] as const) {
    t.equal(afterDeath({ bytesSent, resumeAfter, deathsInARow }), expected);
  }
});
