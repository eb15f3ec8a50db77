import { ConfigurationError, type Configuration } from 'app-runtime';

/** The story claims payouts and moves a clock: it is told with the sandbox or not at all. */
export function storyRefusals({ apiKey, baseUrl }: Configuration): void {
  const problems = [];
  if (apiKey !== undefined)
    problems.push('XENDIT_API_KEY must not be set: npm run demo plays with the sandbox');
  if (baseUrl !== undefined)
    problems.push('XENDIT_BASE_URL must not be set: npm run demo plays with the sandbox');
  if (problems.length > 0) throw new ConfigurationError(problems);
}
