export { addressPool, type AddressPool } from './address-pool.js';
export { simulatedRuntime, type SimulatedRuntimeOptions } from './simulated-runtime.js';
