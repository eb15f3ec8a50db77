/** @type {import('jest').Config} */
export default {
  testMatch: [
    '<rootDir>/test/**/*.test.ts',
    '<rootDir>/libs/*/src/**/*.spec.ts',
    '<rootDir>/apps/*/src/**/*.spec.ts',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    '^nestjs-payout-links$': '<rootDir>/libs/payout-links/src/index.ts',
    '^nestjs-payout-links/unstable$': '<rootDir>/libs/payout-links/src/unstable.ts',
    '^nestjs-payout-links/testing$': '<rootDir>/libs/payout-links/src/testing/index.ts',
    '^payout-links-sandbox$': '<rootDir>/libs/payout-links-sandbox/src/index.ts',
    '^app-runtime/observability$': '<rootDir>/libs/app-runtime/src/observability.ts',
    '^app-runtime$': '<rootDir>/libs/app-runtime/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: [
    '<rootDir>/libs/.*/dist',
    '<rootDir>/libs/.*/cjs',
    '<rootDir>/libs/.*/esm',
    '<rootDir>/apps/.*/dist',
  ],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/long-first.mjs',
  testEnvironment: 'node',
  // Ends a test that hangs. Not a bound on speed: a loaded machine may need several times as long as a quiet one.
  testTimeout: 240_000,
  // Much of the time is waiting: for processes, the rate limit of polls, back-offs.
  maxWorkers: 4,
};
