import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** The address of the sandbox, as clients can use it. */
@Injectable()
export class SandboxAddress {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Without a trailing slash; an address that means “every interface” becomes loopback. */
  url(): string {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const { address, port } = server.address() as AddressInfo;
    const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
}
