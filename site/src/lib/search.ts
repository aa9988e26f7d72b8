/** Stands in for '@pagefind/default-ui' (see astro.config.mjs): Starlight makes its search field on every page as soon as the
 * browser is idle; this one waits, and fetches Pagefind's 27 KB, when the reader opens the search. */
const dialog = () => document.querySelector<HTMLDialogElement>('site-search dialog');

export class PagefindUI {
  constructor(options: object) {
    const element = dialog();
    if (!element) return;
    const opened = async () => {
      if (!element.open) return;
      observer.disconnect();
      // @ts-expect-error the package has no types
      const { PagefindUI: Interface } = await import('@pagefind/default-ui/npm_dist/mjs/ui-core.mjs');
      new Interface(options);
      element.querySelector('input')?.focus();
    };
    const observer = new MutationObserver(opened);
    observer.observe(element, { attributeFilter: ['open'] });
    void opened();
  }
}
