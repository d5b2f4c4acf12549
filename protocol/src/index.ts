export * from './client-messages.js';
export * from './close-codes.js';
export * from './codec.js';
export * from './errors.js';
export * from './ids.js';
export * from './limits.js';
export * from './roster.js';
export * from './server-messages.js';
