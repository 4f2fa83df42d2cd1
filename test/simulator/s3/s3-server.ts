import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { ObjectStore } from '../../../src/simulator/s3/object-store.ts';
import { createS3Handler } from '../../../src/simulator/s3/s3-handler.ts';
import type { S3Handled } from '../../../src/simulator/s3/s3-handler.ts';

export interface S3Server {
  folder: string;
  store: ObjectStore;
  port: number;
  /** What the handler said of each request, in order. */
  handled: S3Handled[];
  client(config?: S3ClientConfig): S3Client;
  close(): Promise<void>;
}

/** The handler behind a real HTTP server, with a folder of its own. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'nightscore-s3-'));
  const store = new ObjectStore(folder);
  const handle = createS3Handler(store);
  const handled: S3Handled[] = [];
  const server = createServer((request, response) => {
    void handle(request, response).then((one) => handled.push(one));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clients: S3Client[] = [];
  return {
    folder,
    store,
    port,
    handled,
    client: (config = {}) => {
      const client = new S3Client({
        endpoint: `http://127.0.0.1:${port}`,
        region: 'eu-west-1',
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        ...config,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true });
    },
  };
}
