import { ConfigurationError, type Configuration } from 'app-runtime';

/** The demo claims payouts and moves a clock, so it runs with the sandbox only. */
export function storyRefusals({ apiKey, baseUrl }: Configuration): void {
  const problems = [];
  if (apiKey !== undefined)
    problems.push('XENDIT_API_KEY must not be set: npm run demo always uses the sandbox');
  if (baseUrl !== undefined)
    problems.push('XENDIT_BASE_URL must not be set: npm run demo always uses the sandbox');
  if (problems.length > 0) throw new ConfigurationError(problems);
}
