/**
 * Photos: limits before anything is decoded, then the size and the weight that a target takes. Pure but for the library that does it,
 * which is loaded when the first photo is made. Called by the engine only.
 */
export { makePhoto } from './make.ts';
