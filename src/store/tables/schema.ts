/** Where the SQL of the tables lies. */
export const schemaFolder: URL = new URL('./schema/', import.meta.url);
