import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type Api } from './api.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi([]);
});
afterAll(() => api.close());

describe('the OpenAPI document', () => {
  it('tells of every path, with a name for each call and its problems', async () => {
    const { body } = await api.get('/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const paths = body['paths'] as Record<string, Record<string, { operationId: string; responses: object }>>;
    const calls = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(calls.toSorted()).toEqual([
      'get /healthz',
      'get /readyz',
      'get /v1/pipelines',
      'get /v1/pipelines/{pipeline}',
      'get /v1/runs',
      'get /v1/runs/{pipeline}/{key}',
      'get /v1/services',
      'post /v1/pipelines/{pipeline}/runs',
      'post /v1/runs/{pipeline}/{key}/cancel',
      'post /v1/runs/{pipeline}/{key}/replay',
    ]);
    expect(Object.keys(paths['/v1/pipelines/{pipeline}/runs']?.['post']?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '201', '400', '401', '403', '404', '409', '413', '415', '422', '429', '503']),
    );
  });
});

describe('the page of it', () => {
  it('is made of files of this server alone', async () => {
    const page = await fetch(`${api.url}/docs`);
    expect(page.headers.get('content-security-policy')).not.toMatch(/https?:/);
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, file = '']) => new URL(file, `${api.url}/docs/`),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file.origin).toBe(api.url);
      expect((await fetch(file)).status).toBe(200);
    }
  });
});
