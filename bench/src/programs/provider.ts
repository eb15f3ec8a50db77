import http from 'node:http';
import axios, { type AxiosInstance } from 'axios';

/** The plain way to call the provider: axios over keep-alive connections. */
export function callsTo(baseURL: string, apiKey: string): AxiosInstance {
  return axios.create({
    baseURL,
    adapter: 'http',
    httpAgent: new http.Agent({ keepAlive: true }),
    auth: { username: apiKey, password: '' },
  });
}
