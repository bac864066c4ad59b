import t from 'tap';
import { daemonEnvironment, MALLOC_SETTINGS } from '../../src/heart/malloc.js';

t.test(
  'the daemon is started with settings for malloc, unless its user has set them',
  async (t) => {
    t.same(daemonEnvironment({ HOME: '/' }), { ...MALLOC_SETTINGS, HOME: '/' });
    t.match(daemonEnvironment({ MALLOC_ARENA_MAX: '8' }), {
      MALLOC_ARENA_MAX: '8',
      MALLOC_TRIM_THRESHOLD_: '131072',
    });
  },
);
