import { readConfiguration, type Configuration } from 'app-runtime';

/** The configuration of this process. @throws ConfigurationError */
export function readConfig(): Configuration {
  return readConfiguration(process.env);
}
