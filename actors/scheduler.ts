import { runActor } from '../src/io/thread/index.js';
import { scheduler } from '../src/scheduler/index.js';

runActor(scheduler());
