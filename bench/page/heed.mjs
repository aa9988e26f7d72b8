// Our engine in a page: in a worker, as a book's page has it. window.result becomes the rows.
const options = Object.fromEntries(new URLSearchParams(location.search));
window.result = new Promise((resolve, reject) => {
  const worker = new Worker('/page/heed-worker.mjs', { type: 'module' });
  let init;
  worker.onmessage = ({ data }) => {
    if (data.first) init = performance.now(); // from the start of the navigation to the first result
    else if (data.error) reject(new Error(data.error));
    else if (init === undefined) resolve(data.rows);
    else {
      const { peer, model } = data.rows[0];
      const prefix = options.task === 'train' ? 'train_' : '';
      resolve([{ peer, model, metric: `${prefix}init_ms`, value: Math.round(init * 10) / 10 }, ...data.rows]);
    }
  };
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(options);
});
window.result.catch(() => {}); // whoever waits for it hears of it
