/** Addresses below the path under which the site is served. */
export const site = (path: string): string => `${import.meta.env.BASE_URL.replace(/\/$/, '')}/${path}`;
export const modelFolder = (name: string): string => site(`models/${name}/`);
export const modelFile = (name: string, file: string): string => `${modelFolder(name)}${file}`;
