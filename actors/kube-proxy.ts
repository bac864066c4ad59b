import { runActor } from '../src/io/thread/index.js';
import { computedRules, kubeProxy } from '../src/proxy/index.js';

runActor(kubeProxy({ rules: computedRules() }));
