import { runActor } from '../src/io/thread/index.js';
import { kubelet } from '../src/kubelet/index.js';
import { simulatedRuntime } from '../src/runtime/index.js';

runActor(
  kubelet({
    runtime: ({ clock, crypto }, { podCidr }) => simulatedRuntime({ clock, crypto, podCidr }),
  }),
);
