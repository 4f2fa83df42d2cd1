import { readFileSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ZodType } from 'zod';
import { sharedSettingsSchema } from './settings.ts';
import type { SharedSettings } from './settings.ts';

/** Enough for the factors of a recommender model that many users share. */
const MOST_YAML_ALIASES = 1000;

const documentSchema = z.looseObject({
  /** The simulated AWS account, which is in every ARN. */
  account: z.string().regex(/^\d{12}$/, 'an AWS account is 12 digits, in quotes'),
  settings: z.record(z.string(), z.unknown()).default({}),
});

type ResourceDocument = z.infer<typeof documentSchema>;

/** What resources.yaml says of one service: what exists, and how the service behaves. */
export class ResourceSection<Resources, Settings> {
  readonly name: string;
  readonly #resourcesSchema: ZodType<Resources>;
  readonly #settingsSchema: ZodType<Settings>;
  #resources: Resources;
  #settings: Settings;

  constructor(name: string, resources: ZodType<Resources>, settings: ZodType<Settings>) {
    this.name = name;
    this.#resourcesSchema = resources;
    this.#settingsSchema = settings;
    this.#resources = resources.parse({});
    this.#settings = settings.parse({});
  }

  get resources(): Resources {
    return this.#resources;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Checks the section without taking it over: only a document that is valid as a whole counts. */
  prepare(document: ResourceDocument): { problems: string[]; take(): void } {
    const resources = this.#resourcesSchema.safeParse(document[this.name] ?? {});
    const settings = this.#settingsSchema.safeParse(document.settings[this.name] ?? {});
    if (resources.success && settings.success) {
      const take = (): void => {
        this.#resources = resources.data;
        this.#settings = settings.data;
      };
      return { problems: [], take };
    }
    const problems = [
      ...problemsIn(resources.error, this.name),
      ...problemsIn(settings.error, `settings.${this.name}`),
    ];
    return { problems, take: () => undefined };
  }
}

type AnySection = Pick<ResourceSection<unknown, unknown>, 'name' | 'prepare'>;

/**
 * resources.yaml in the simulator's folder: what exists in the simulated account. People edit it while the simulator
 * runs; an edit that is not valid is reported and the last valid state stays in force.
 */
export class ResourceFile {
  readonly #path: string;
  readonly #sections: readonly AnySection[];
  readonly #log: Logger;
  #lastSeen = '';
  #problem: string | undefined;
  #document: ResourceDocument;
  #shared: SharedSettings;

  /** @throws Error that lists everything that is wrong with the file */
  constructor(path: string, sections: readonly AnySection[], log: Logger) {
    this.#path = path;
    this.#sections = sections;
    this.#log = log;
    this.#lastSeen = this.#version();
    ({ document: this.#document, shared: this.#shared } = this.#load());
  }

  get account(): string {
    return this.#document.account;
  }

  get settings(): SharedSettings {
    return this.#shared;
  }

  /** The file's content, and what is wrong with its last edit if that is not in force. */
  get content(): { problem?: string; document: ResourceDocument } {
    return { ...(this.#problem === undefined ? {} : { problem: this.#problem }), document: this.#document };
  }

  /** Takes over what somebody has changed since the last look. */
  refresh(): void {
    const version = this.#version();
    if (version === this.#lastSeen) return;
    this.#lastSeen = version;
    try {
      ({ document: this.#document, shared: this.#shared } = this.#load());
      this.#problem = undefined;
      this.#log.info({ file: this.#path }, 'Took over the changed resources');
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#log.error({ file: this.#path }, `${this.#problem}\nThe resources before this change stay in force.`);
    }
  }

  #version(): string {
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    return stats === undefined ? 'missing' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  }

  #load(): { document: ResourceDocument; shared: SharedSettings } {
    const document = documentSchema.safeParse(this.#parse());
    if (!document.success) throw this.#invalid(problemsIn(document.error));
    const prepared = this.#sections.map((section) => section.prepare(document.data));
    const shared = sharedSettingsSchema.safeParse(document.data.settings);
    const problems = [
      ...prepared.flatMap((section) => section.problems),
      ...problemsIn(shared.error, 'settings'),
      ...this.#unknownNames(document.data),
    ];
    if (!shared.success || problems.length > 0) throw this.#invalid(problems);
    for (const section of prepared) section.take();
    return { document: document.data, shared: shared.data };
  }

  #parse(): unknown {
    try {
      return parse(readFileSync(this.#path, 'utf8'), { maxAliasCount: MOST_YAML_ALIASES });
    } catch (cause) {
      throw this.#invalid([cause instanceof Error ? cause.message : String(cause)]);
    }
  }

  #unknownNames({ account: _account, settings, ...sections }: ResourceDocument): string[] {
    const services = this.#sections.map(({ name }) => name);
    const knownSettings = [...services, ...Object.keys(sharedSettingsSchema.shape)];
    return [
      ...Object.keys(sections).filter((name) => !services.includes(name)),
      ...Object.keys(settings).flatMap((name) => (knownSettings.includes(name) ? [] : [`settings.${name}`])),
    ].map((name) => `${name}: the simulator knows no such section; it knows ${services.join(', ')} and settings`);
  }

  #invalid(problems: string[]): Error {
    const list = problems.map((problem) => `\n  - ${problem}`).join('');
    return new Error(`The simulator cannot use ${this.#path}:${list}`);
  }
}

function problemsIn(error: z.ZodError | undefined, section?: string): string[] {
  return (error?.issues ?? []).map((issue) => {
    const where = [...(section === undefined ? [] : [section]), ...issue.path].join('.');
    // What is wrong with a key stands one level deeper.
    const what = issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message).join(', ') : issue.message;
    return where === '' ? what : `${where}: ${what}`;
  });
}
