// The book: Starlight in two languages. HEED_BASE is the path under which the site is served (GitHub Pages: /repository/),
// HEED_SITE the origin that goes into canonical links, HEED_OUT the folder that receives the built pages.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'astro/config';
import starlight from '@astrojs/starlight';
import remarkMath from 'remark-math';
import rehypeKatex from 'rehype-katex';
import { sidebar } from './scripts/sidebar.mjs';

const base = `/${process.env.HEED_BASE ?? ''}/`.replace(/\/+/g, '/');

export default defineConfig({
  site: process.env.HEED_SITE ?? 'http://localhost',
  base,
  trailingSlash: 'always',
  outDir: process.env.HEED_OUT ?? '../build/site',
  cacheDir: '../build/astro',
  telemetry: false,
  // Files that are fetched at run time stay files: nothing of the engine is inlined into pages.
  vite: {
    build: { assetsInlineLimit: 0 },
    resolve: {
      alias: [
        {
          find: /^@pagefind\/default-ui$/,
          replacement: fileURLToPath(new URL('./src/lib/search.ts', import.meta.url)),
        },
      ],
    },
    server: { fs: { allow: ['..'] } },
  },
  // gfm (tables) must be said: MDX takes an absent value for no.
  markdown: {
    gfm: true,
    remarkPlugins: [remarkMath],
    rehypePlugins: [[rehypeKatex, { strict: 'error', throwOnError: true }]],
  },
  integrations: [
    starlight({
      title: 'Heed',
      description: 'An interactive book about sequence models, computed in your browser by its own C engine.',
      favicon: '/favicon.svg',
      locales: { root: { label: 'English', lang: 'en' }, ru: { label: 'Русский', lang: 'ru' } },
      customCss: ['./src/styles/tokens.css', './src/styles/book.css', './src/styles/figure.css'],
      components: {
        Hero: './src/components/Hero.astro',
        SiteTitle: './src/components/SiteTitle.astro',
        Search: './src/components/Search.astro',
        PageTitle: './src/components/PageTitle.astro',
      },
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 2 },
      credits: false,
      disable404Route: true, // src/pages/404.astro
      expressiveCode: { themes: ['github-dark-default', 'github-light-default'], defaultProps: { wrap: true } },
      sidebar: sidebar(new URL('./src/content/docs/', import.meta.url)),
    }),
  ],
});
