export { humanDuration } from './human-duration.js';
export { printTable, rowObject } from './print-table.js';
export type { PrintOptions } from './print-table.js';
export type { Table, TableColumnDefinition, TableRow } from './table.js';
