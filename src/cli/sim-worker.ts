import { poolTask } from '../io/pool/index.js';
import { runSeed } from './sim-seed.js';

export default poolTask(runSeed);
