import { ConfigurationError, readConfiguration } from 'app-runtime';

/** What is wrong with an environment. */
export function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfiguration(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}
