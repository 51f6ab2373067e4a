/** The version of this package, which is also that of the extension. */
export const version = "0.1.0";
