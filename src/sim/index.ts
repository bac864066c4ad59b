export { runSimulation } from './simulation.js';
export type { SimulationOptions, SimulationResult } from './simulation.js';
export { FaultSummary } from './fault-summary.js';
export type { FaultShare } from './fault-summary.js';
export type { FaultCounts, FaultKind } from './fault-kinds.js';
export { createSimDisk, PowerLoss } from './sim-disk.js';
export type { SimDisk, SimDiskFaults, SimDiskPorts } from './sim-disk.js';
export { SimWorld } from './sim-world.js';
export type { SimActorSpec, SimWorldOptions } from './sim-world.js';
