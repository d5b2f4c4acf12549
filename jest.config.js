/** One project a kind of test, so that `npm run test:unit` never starts a Redis. */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@parley/(protocol|client)$': '<rootDir>/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
};

const project = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });

export default {
  testTimeout: 30_000,
  testSequencer: '<rootDir>/scripts/longest-first.cjs',
  projects: [
    project('unit', [
      '<rootDir>/src/**/*.spec.ts',
      '<rootDir>/protocol/src/**/*.spec.ts',
      '<rootDir>/client/src/**/*.spec.ts',
      '<rootDir>/client-demo/src/**/*.spec.ts',
      '<rootDir>/test/support/**/*.spec.ts',
      '<rootDir>/bench/src/**/*.spec.ts',
    ]),
    project('contract', ['<rootDir>/test/contract/**/*.spec.ts']),
    project('protocol', ['<rootDir>/test/protocol/**/*.spec.ts']),
    project('integration', ['<rootDir>/test/integration/**/*.spec.ts']),
    project('cluster', ['<rootDir>/test/cluster/**/*.spec.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.spec.ts']),
    project('manifests', ['<rootDir>/test/manifests/**/*.spec.ts']),
    project('simulation', ['<rootDir>/test/history/**/*.spec.ts', '<rootDir>/test/simulation/**/*.spec.ts']),
    project('hostile', ['<rootDir>/test/hostile/**/*.spec.ts', '<rootDir>/test/fuzz/**/*.spec.ts']),
    project('bench', ['<rootDir>/bench/test/**/*.spec.ts']),
    project('browser', ['<rootDir>/test/browser/**/*.spec.ts']),
  ],
};
