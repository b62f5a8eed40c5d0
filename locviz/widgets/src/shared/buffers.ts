/** Arrays as they travel: raw buffers, told apart by what they hold. */

export interface Float32 extends DataView {
  readonly holds?: "float32";
}

export interface Int16 extends DataView {
  readonly holds?: "int16";
}

export interface UInt8 extends DataView {
  readonly holds?: "uint8";
}

/** An image file; empty where there is no image. */
export interface Png extends DataView {
  readonly holds?: "png";
}

/** A copy, because a buffer may begin where no number of more than a byte can. */
const copied = ({ buffer, byteOffset, byteLength }: DataView): ArrayBufferLike =>
  buffer.slice(byteOffset, byteOffset + byteLength);

export const floats = (buffer: Float32): Float32Array => new Float32Array(copied(buffer));

export const shorts = (buffer: Int16): Int16Array => new Int16Array(copied(buffer));

export const bytes = ({ buffer, byteOffset, byteLength }: UInt8): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
