import { ConfigurationError, isLoopback, readConfiguration, type Configuration } from 'app-runtime';

/**
 * The configuration of this process.
 * @throws ConfigurationError with everything that is wrong, including a demo reachable from other machines without
 *   a key
 */
export function readConfig(): Configuration {
  const open = openToAll(process.env);
  try {
    const configuration = readConfiguration(process.env);
    if (open.length > 0) throw new ConfigurationError([]);
    return configuration;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError([...error.problems, ...open]);
  }
}

/** An invalid HOST is reported by the validation of the variables. */
function openToAll({ HOST, DEMO_API_KEY }: NodeJS.ProcessEnv): string[] {
  const reachable = HOST !== undefined && /^[\w.:-]+$/.test(HOST) && !isLoopback(HOST);
  if (!reachable || DEMO_API_KEY !== undefined) return [];
  return [`DEMO_API_KEY must be set when HOST is not loopback: ${HOST} can be reached from outside`];
}
