// The version of this core, as recordings carry it; a test holds it against package.json.
export const CORE_VERSION = '0.1.0';
/** Name of the engine that executes. */
export const ENGINE = 'interpreter';
