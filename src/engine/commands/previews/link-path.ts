/** The path of a link, before its secret. No service gets requests for what is below it. */
export const linkPath = '/.moose/preview/';
