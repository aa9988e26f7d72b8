import { defineCollection } from 'astro:content';
import { z } from 'astro/zod';
import { docsLoader } from '@astrojs/starlight/loaders';
import { docsSchema } from '@astrojs/starlight/schema';

/** docs/en/ is served at the root of the site, every other language below its folder's name. */
const pageId = ({ entry }: { entry: string }) =>
  entry
    .replace(/\.mdx?$/, '')
    .replace(/\/index$/, '')
    .replace(/^en$/, 'index')
    .replace(/^en\//, '');

export const collections = {
  docs: defineCollection({
    loader: docsLoader({ generateId: pageId }),
    schema: docsSchema({
      extend: z.object({
        /** The chapter's number in the book and the part it belongs to (1 to 8): the table of contents is made of these. */
        chapter: z.number().int().positive().optional(),
        part: z.number().int().min(1).max(8).optional(),
      }),
    }),
  }),
};
