import http from 'node:http';
import axios, { type AxiosInstance } from 'axios';
import { SANDBOX_API_KEY } from 'payout-links-sandbox';

/** The plain way to call the provider: axios over keep-alive connections. */
export function callsTo(baseURL: string): AxiosInstance {
  return axios.create({
    baseURL,
    adapter: 'http',
    httpAgent: new http.Agent({ keepAlive: true }),
    auth: { username: SANDBOX_API_KEY, password: '' },
  });
}
