import fs from 'node:fs';
import path from 'node:path';
import { runActor } from '../../../src/io/thread/index.js';
import { chaosActor } from '../../actor/chaos/chaos-actor.js';
import type { Observation } from '../../actor/chaos/chaos-protocol.js';

/** What it observes is in a file before it goes on: a kill at any moment takes nothing of it. */
runActor(
  chaosActor(({ self: { id, incarnation } }, { folder }) => {
    const file = fs.openSync(path.join(folder, `${id}.jsonl`), 'a');
    const life = `${id}#${String(incarnation)}`;
    return {
      observe: (observed) => {
        const observation: Observation = { ...observed, life };
        fs.writeSync(file, `${JSON.stringify(observation)}\n`);
      },
      stall: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
      exit: () => process.exit(0),
    };
  }),
);
