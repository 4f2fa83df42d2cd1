import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

const DESCRIPTION = `Starts, reads, cancels and replays runs of pipelines.

Every call but \`/healthz\` and \`/readyz\` needs a token: \`authorization: Bearer TOKEN\`. Errors are problem documents (RFC 9457). An answer
carries the id of its request, \`x-request-id\`, which stands in the log of the server as well; send one of your own, and it is taken.`;

/** Later versions add members to what they answer, so the document does not rule them out, whatever Zod makes of an object. */
const zodToJsonConfig = {
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema }) => {
    if (zodSchema instanceof z.ZodObject && zodSchema.def.catchall === undefined)
      delete jsonSchema.additionalProperties;
  },
};

const withSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

/** Everything comes from this server, and nothing is asked of any other. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** The bar at the top bears another project's name and asks for the address of a document. */
const WITHOUT_FOREIGN_BAR = '.swagger-ui .topbar { display: none }';

/** Every schema is made for requests and for answers, and most are used in one of them only. */
function withoutUnused<Document extends object>(document: Document): Document {
  const text = JSON.stringify(document);
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const unused = Object.keys(components?.schemas ?? {}).filter(
    (name) => !text.includes(`"#/components/schemas/${name}"`),
  );
  for (const name of unused) delete components?.schemas?.[name];
  return unused.length === 0 ? document : withoutUnused(document);
}

/** The plugin takes a body that has a schema for one that is required; ours may all be left out. */
function withOptionalBodies<Document extends object>(document: Document): Document {
  const { paths = {} } = document as {
    paths?: Record<string, Record<string, { requestBody?: { required?: boolean } }>>;
  };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  for (const { requestBody } of operations) if (requestBody) requestBody.required = false;
  return document;
}

/** Makes the OpenAPI document from the schemas of the routes. To be called before they are added. */
export async function addDocument(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Nightscore', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      tags: [
        { name: 'Runs', description: 'Start, read, cancel and replay runs' },
        { name: 'Pipelines', description: 'What can be started' },
        { name: 'Health', description: 'For those who keep the server running' },
      ],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: (document) => withOptionalBodies(withoutUnused(withSchemas(document))),
  });
}

/** The document at `/openapi.json`, and a page of it at `/docs`, whose files all come from this server. */
export async function addDocumentRoutes(app: FastifyInstance): Promise<void> {
  app.get('/openapi.json', { config: { access: 'open' }, schema: { hide: true } }, () => app.swagger());
  await app.register(async (page) => {
    page.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open', rateLimit: false };
    });
    await page.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: PAGE_POLICY,
      theme: { title: 'Nightscore API', css: [{ filename: 'nightscore.css', content: WITHOUT_FOREIGN_BAR }] },
    });
  });
}
