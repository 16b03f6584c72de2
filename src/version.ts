/** The product's version, once. A test holds it to package.json and config.yaml. */
export const VERSION = '0.1.0';
