/** The environment or the command line is invalid; `problems` lists everything that is wrong, without secrets. */
export class ConfigurationError extends Error {
  readonly code = 'BAD_CONFIGURATION';
  readonly exitCode = 2;

  constructor(readonly problems: readonly string[]) {
    super(`The configuration is wrong:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}
