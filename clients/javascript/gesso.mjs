/* The same as gesso.js, for those who import it. */
import "./gesso.js";

const gesso = globalThis.gesso;

export const { Model, Live, Result, GessoError, camera, image, picture } = gesso;
export default gesso;
